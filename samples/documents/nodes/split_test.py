import unittest

from gen.messages_pb2 import Document
from nodes.font import draw
from nodes.pretend import PretendContext
from nodes.read_page import read_page
from nodes.split import split


def scan(*pages):
    return "SCAN 1\n" + "\n\f\n".join("\n".join(draw(text)) for text in pages)


class SplitTest(unittest.TestCase):
    def setUp(self):
        self.ax = PretendContext()

    def test_a_scan_is_split_into_numbered_pages(self):
        pages = split(self.ax, Document(name="d", scan=scan("PLAN", "TEA"))).pages
        self.assertEqual([1, 2], [page.number for page in pages])
        self.assertEqual(["PLAN", "TEA"], [read_page(self.ax, page).text for page in pages])

    def test_a_scan_without_pages_has_none(self):
        self.assertEqual([], list(split(self.ax, Document(scan="SCAN 1\n")).pages))

    def test_what_is_no_scan_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "no scan"):
            split(self.ax, Document(name="d", scan="hello"))


if __name__ == "__main__":
    unittest.main()
