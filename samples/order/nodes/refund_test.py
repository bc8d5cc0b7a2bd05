import unittest

from gen.messages_pb2 import ChargeRequest, RefundRequest
from nodes.charge import charge
from nodes.pretend import PretendContext
from nodes.refund import refund


class RefundTest(unittest.TestCase):
    def setUp(self):
        self.ax = PretendContext()

    def test_a_refund_names_the_payment_that_it_undoes(self):
        paid = charge(self.ax, ChargeRequest(order_id="o1", card="visa", amount_cents=2500))
        back = refund(
            self.ax,
            RefundRequest(order_id="o1", payment_id=paid.payment_id, amount_cents=2500),
        )
        self.assertEqual("ref-pay-o1", back.refund_id)


if __name__ == "__main__":
    unittest.main()
