from collections import Counter
from typing import Iterator

from gen.axiom_context import AxiomContext
from gen.messages_pb2 import Seen, Token


def count(ax: AxiomContext, inputs: Iterator[Token]) -> Iterator[Seen]:
    """Says with each token how often it has been seen so far."""
    seen = Counter()
    for token in inputs:
        seen[token.text] += 1
        yield Seen(text=token.text, times=seen[token.text])
    ax.log.info("counted", different=len(seen))
