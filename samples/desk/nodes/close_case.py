from gen.messages_pb2 import Case
from gen.axiom_context import AxiomContext


def close_case(ax: AxiomContext, input: Case) -> Case:
    """Undoes OpenCase."""
    ax.log.info("closed", case=input.id)
    return Case(id=input.id, customer=input.customer)
