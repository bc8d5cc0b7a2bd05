from gen.messages_pb2 import Answer, Sorted
from gen.axiom_context import AxiomContext


def escalate(ax: AxiomContext, input: Sorted) -> Answer:
    """Asks a person to call."""
    ax.log.warn("escalated", customer=input.customer, urgency=input.urgency)
    return Answer(text=f"Dear {input.customer}, we call you within the hour.")
