import unittest

from gen.messages_pb2 import Question
from nodes.open_case import open_case
from nodes.pretend import PretendContext


class OpenCaseTest(unittest.TestCase):
    def test_a_customer_has_one_case(self):
        asked = Question(customer="Ada")
        self.assertEqual(open_case(PretendContext(), asked), open_case(PretendContext(), asked))


if __name__ == "__main__":
    unittest.main()
