import unittest

from gen.messages_pb2 import Findings, PageText
from nodes.gather import gather
from nodes.pretend import PretendContext


class GatherTest(unittest.TestCase):
    def setUp(self):
        self.ax = PretendContext()

    def test_a_report_names_the_pages_that_are_missing(self):
        whole = gather(self.ax, Findings(pages=[PageText(number=1, text="TEA")]))
        self.assertEqual(("complete", "TEA"), (whole.status, whole.text))
        part = gather(self.ax, Findings(unreadable=[2]))
        self.assertEqual(("incomplete", [2]), (part.status, list(part.unreadable)))


if __name__ == "__main__":
    unittest.main()
