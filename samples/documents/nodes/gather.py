from gen.messages_pb2 import Findings, Report
from gen.axiom_context import AxiomContext


def gather(ax: AxiomContext, input: Findings) -> Report:
    """Puts the pages together, in their order, and says which ones are missing."""
    return Report(
        name=input.name,
        status="incomplete" if input.unreadable else "complete",
        text="\n".join(page.text for page in input.pages),
        unreadable=list(input.unreadable),
    )
