from gen.messages_pb2 import Answer
from gen.axiom_context import AxiomContext


def shorten(ax: AxiomContext, input: Answer) -> Answer:
    """Leaves the last word out."""
    return Answer(text=input.text.rpartition(" ")[0])
