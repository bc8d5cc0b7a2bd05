from gen.messages_pb2 import ChargeRequest, Payment
from gen.axiom_context import AxiomContext


def charge(ax: AxiomContext, input: ChargeRequest) -> Payment:
    """Takes the money. The order's id goes along, so that the provider knows a second try as one."""
    _token, ok = ax.secrets.get("PAYMENT_TOKEN")
    if not ok:
        ax.log.warn("no PAYMENT_TOKEN: a pretended payment")
    if input.card.endswith("-declined"):
        raise ValueError("the card was declined")
    return Payment(payment_id=f"pay-{input.order_id}", amount_cents=input.amount_cents)
