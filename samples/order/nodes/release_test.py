import unittest

from gen.messages_pb2 import ReleaseRequest
from nodes.pretend import PretendContext
from nodes.release import release


class ReleaseTest(unittest.TestCase):
    def setUp(self):
        self.ax = PretendContext()

    def test_a_released_reservation_may_be_released_again(self):
        request = ReleaseRequest(order_id="o1", reservation_id="res-o1")
        self.assertEqual(release(self.ax, request), release(self.ax, request))


if __name__ == "__main__":
    unittest.main()
