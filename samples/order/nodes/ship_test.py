import unittest

from gen.messages_pb2 import ShipRequest
from nodes.pretend import PretendContext
from nodes.ship import ship


class ShipTest(unittest.TestCase):
    def setUp(self):
        self.ax = PretendContext()

    def test_the_carrier_does_not_go_everywhere(self):
        self.assertEqual("trk-o1", ship(self.ax, ShipRequest(order_id="o1", country="CH")).tracking_id)
        with self.assertRaisesRegex(ValueError, "no carrier goes to AQ"):
            ship(self.ax, ShipRequest(order_id="o1", country="AQ"))


if __name__ == "__main__":
    unittest.main()
