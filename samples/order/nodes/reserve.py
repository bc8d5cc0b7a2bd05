from gen.messages_pb2 import Order, Reservation
from gen.axiom_context import AxiomContext

# What is in stock, and what one of it costs in cents. A real shop asks its warehouse.
STOCK = {"tea": (40, 1250), "cup": (12, 900), "pot": (1, 4800)}


def reserve(ax: AxiomContext, input: Order) -> Reservation:
    """Puts the articles of an order aside, all or none."""
    total = 0
    for line in input.lines:
        left, price = STOCK.get(line.sku, (0, 0))
        if line.quantity > left:
            raise ValueError(f"only {left} of {line.sku} in stock")
        total += line.quantity * price
    ax.log.info("reserved", order=input.order_id, cents=total)
    # A step may be made twice: the same order gets the same reservation, not a second one.
    return Reservation(reservation_id=f"res-{input.order_id}", total_cents=total)
