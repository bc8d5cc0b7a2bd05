import unittest

from gen.messages_pb2 import Problem
from nodes.pretend import PretendContext
from nodes.reject import reject


class RejectTest(unittest.TestCase):
    def setUp(self):
        self.ax = PretendContext()

    def test_a_rejected_document_says_why(self):
        report = reject(self.ax, Problem(name="d", reason="no scan"))
        self.assertEqual(("rejected", "no scan"), (report.status, report.reason))


if __name__ == "__main__":
    unittest.main()
