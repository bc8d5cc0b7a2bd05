from gen.messages_pb2 import Document, Page, Pages
from gen.axiom_context import AxiomContext


def split(ax: AxiomContext, input: Document) -> Pages:
    """Takes a scan apart. What is no scan is an error, which the flow's error edge takes."""
    head, newline, body = input.scan.partition("\n")
    if head.strip() != "SCAN 1" or not newline:
        raise ValueError("this is no scan: it does not begin with SCAN 1")
    sheets = [sheet.strip("\n") for sheet in body.split("\f")]
    pages = [
        Page(number=number, rows=sheet.split("\n"))
        for number, sheet in enumerate(sheets, start=1)
        if sheet
    ]
    ax.log.info("split", document=input.name, pages=len(pages))
    return Pages(name=input.name, pages=pages)
