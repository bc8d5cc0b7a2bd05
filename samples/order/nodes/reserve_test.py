import unittest

from gen.messages_pb2 import Line, Order
from nodes.pretend import PretendContext
from nodes.reserve import reserve


def order():
    return Order(order_id="o1", lines=[Line(sku="tea", quantity=2)])


class ReserveTest(unittest.TestCase):
    def setUp(self):
        self.ax = PretendContext()

    def test_a_reservation_says_what_the_order_costs(self):
        self.assertEqual(2500, reserve(self.ax, order()).total_cents)

    def test_an_order_gets_one_reservation_however_often_it_is_tried(self):
        first, second = reserve(self.ax, order()), reserve(self.ax, order())
        self.assertEqual(first.reservation_id, second.reservation_id)

    def test_more_than_there_is_cannot_be_reserved(self):
        many = Order(order_id="o2", lines=[Line(sku="pot", quantity=2)])
        with self.assertRaisesRegex(ValueError, "only 1 of pot"):
            reserve(self.ax, many)


if __name__ == "__main__":
    unittest.main()
