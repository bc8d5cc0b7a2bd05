import re
from typing import Iterator

from gen.axiom_context import AxiomContext
from gen.messages_pb2 import Document, Kind, Token

_TOKEN = re.compile(r"(?P<WORD>[^\W\d_]+)|(?P<NUMBER>\d+)|(?P<SIGN>[^\w\s]|_)")


def tokenize(ax: AxiomContext, inputs: Iterator[Document]) -> Iterator[Token]:
    """Gives the tokens of a text one by one, as it finds them."""
    for document in inputs:
        for found in _TOKEN.finditer(document.text):
            # Nothing is read ahead: whoever takes no further token stops the search here.
            yield Token(text=found.group(), kind=Kind.Value(found.lastgroup), at=found.start())
