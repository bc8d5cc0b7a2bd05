from gen.messages_pb2 import Answer
from gen.axiom_context import AxiomContext


def sign(ax: AxiomContext, input: Answer) -> Answer:
    """Says who answers."""
    return Answer(text=f"{input.text} Your tea shop")
