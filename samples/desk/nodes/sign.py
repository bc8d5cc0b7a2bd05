from gen.messages_pb2 import Answer
from gen.axiom_context import AxiomContext


def sign(ax: AxiomContext, input: Answer) -> Answer:
    """Says who answers."""
    signature, found = ax.secrets.get("DESK_SIGNATURE")
    return Answer(text=f"{input.text} {signature if found else 'Your tea shop'}")
