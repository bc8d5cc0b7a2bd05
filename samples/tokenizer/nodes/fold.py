from gen.axiom_context import AxiomContext
from gen.messages_pb2 import Token


def fold(ax: AxiomContext, input: Token) -> Token:
    """Words that differ in their capitals alone are the same."""
    return Token(text=input.text.casefold(), kind=input.kind, at=input.at)
