import unittest

from gen.messages_pb2 import Page
from nodes.font import draw
from nodes.pretend import PretendContext
from nodes.read_page import read_page


class ReadPageTest(unittest.TestCase):
    def setUp(self):
        self.ax = PretendContext()

    def test_a_page_says_where_it_cannot_be_read(self):
        rows = draw("TEA")
        rows[2] = "#" * len(rows[2])
        with self.assertRaisesRegex(ValueError, "page 3 is smudged at sign 1"):
            read_page(self.ax, Page(number=3, rows=rows))
        with self.assertRaisesRegex(ValueError, "page 3 is torn"):
            read_page(self.ax, Page(number=3, rows=rows[1:]))


if __name__ == "__main__":
    unittest.main()
