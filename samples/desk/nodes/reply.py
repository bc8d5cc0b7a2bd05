from gen.messages_pb2 import Answer, Facts
from gen.axiom_context import AxiomContext


def reply(ax: AxiomContext, input: Facts) -> Answer:
    """Writes an answer, with the state of an order when it is known."""
    text = f"Dear {input.customer}, thank you for asking about {input.topic}."
    if input.order_state:
        text += f" Your order is {input.order_state}."
    return Answer(text=text)
