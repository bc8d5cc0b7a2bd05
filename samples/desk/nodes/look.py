from gen.messages_pb2 import OrderRef, OrderState
from gen.axiom_context import AxiomContext

ORDERS = {"A1": "on its way", "B2": "delivered", "C3": "packed"}


def look(ax: AxiomContext, input: OrderRef) -> OrderState:
    """Looks an order up. A real one asks a server, which may be away for a moment."""
    if input.id not in ORDERS:
        raise ValueError(f"there is no order {input.id}")
    return OrderState(id=input.id, state=ORDERS[input.id])
