from gen.messages_pb2 import RefundRequest, Refunded
from gen.axiom_context import AxiomContext


def refund(ax: AxiomContext, input: RefundRequest) -> Refunded:
    """Undoes Charge: the amount that was taken goes back."""
    _token, ok = ax.secrets.get("PAYMENT_TOKEN")
    if not ok:
        ax.log.warn("no PAYMENT_TOKEN: a pretended refund")
    ax.log.info("refunded", payment=input.payment_id, cents=input.amount_cents)
    return Refunded(refund_id=f"ref-{input.payment_id}")
