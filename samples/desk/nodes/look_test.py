import unittest

from gen.messages_pb2 import OrderRef
from nodes.look import look
from nodes.pretend import PretendContext


class LookTest(unittest.TestCase):
    def test_an_order_has_a_state_or_is_unknown(self):
        self.assertEqual("on its way", look(PretendContext(), OrderRef(id="A1")).state)
        with self.assertRaisesRegex(ValueError, "there is no order Z9"):
            look(PretendContext(), OrderRef(id="Z9"))


if __name__ == "__main__":
    unittest.main()
