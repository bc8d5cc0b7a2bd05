import unittest

from gen.messages_pb2 import Sorted
from nodes.escalate import escalate
from nodes.pretend import PretendContext


class EscalateTest(unittest.TestCase):
    def test_whoever_is_angry_is_called(self):
        ax = PretendContext()
        self.assertIn("we call you", escalate(ax, Sorted(customer="Ada", urgency=5)).text)
        self.assertEqual("warn", ax.log.lines[0][0])


if __name__ == "__main__":
    unittest.main()
