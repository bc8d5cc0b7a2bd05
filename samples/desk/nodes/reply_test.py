import unittest

from gen.messages_pb2 import Facts
from nodes.pretend import PretendContext
from nodes.reply import reply


class ReplyTest(unittest.TestCase):
    def test_an_answer_says_what_is_known_of_the_order(self):
        facts = Facts(customer="Ada", topic="tea")
        self.assertNotIn("order", reply(PretendContext(), facts).text)
        facts.order_state = "packed"
        self.assertIn("Your order is packed.", reply(PretendContext(), facts).text)


if __name__ == "__main__":
    unittest.main()
