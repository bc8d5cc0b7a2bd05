import unittest

from gen.messages_pb2 import ChargeRequest
from nodes.charge import charge
from nodes.pretend import PretendContext


class ChargeTest(unittest.TestCase):
    def setUp(self):
        self.ax = PretendContext()

    def test_a_declined_card_is_an_error(self):
        with self.assertRaises(ValueError):
            charge(self.ax, ChargeRequest(order_id="o1", card="visa-declined"))


if __name__ == "__main__":
    unittest.main()
