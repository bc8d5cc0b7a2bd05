from gen.messages_pb2 import ReleaseRequest, Released
from gen.axiom_context import AxiomContext


def release(ax: AxiomContext, input: ReleaseRequest) -> Released:
    """Undoes Reserve: the articles are for sale again. Releasing twice is no mistake."""
    ax.log.info("released", order=input.order_id, reservation=input.reservation_id)
    return Released(reservation_id=input.reservation_id)
