from gen.messages_pb2 import Case, Question
from gen.axiom_context import AxiomContext


def open_case(ax: AxiomContext, input: Question) -> Case:
    """Opens a case. However often it is tried, a customer has one."""
    ax.log.info("opened", customer=input.customer)
    return Case(id=f"case-{input.customer.lower()}", customer=input.customer)
