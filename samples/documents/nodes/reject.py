from gen.messages_pb2 import Problem, Report
from gen.axiom_context import AxiomContext


def reject(ax: AxiomContext, input: Problem) -> Report:
    """Answers for a document that cannot be read at all."""
    ax.log.warn("rejected", document=input.name)
    return Report(name=input.name, status="rejected", reason=input.reason)
