from gen.messages_pb2 import Page, PageText
from gen.axiom_context import AxiomContext
from nodes.font import SIGNS


def read_page(ax: AxiomContext, input: Page) -> PageText:
    """Reads the signs of one page from its dots."""
    rows = list(input.rows)
    if len(rows) != 5 or len({len(row) for row in rows}) != 1:
        raise ValueError(f"page {input.number} is torn")
    text = ""
    for left in range(0, len(rows[0]), 4):
        dots = tuple(row[left : left + 3] for row in rows)
        if dots not in SIGNS:
            raise ValueError(f"page {input.number} is smudged at sign {left // 4 + 1}")
        text += SIGNS[dots]
    return PageText(number=input.number, text=text)
