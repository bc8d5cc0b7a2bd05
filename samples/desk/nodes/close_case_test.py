import unittest

from gen.messages_pb2 import Case
from nodes.close_case import close_case
from nodes.pretend import PretendContext


class CloseCaseTest(unittest.TestCase):
    def test_a_closed_case_may_be_closed_again(self):
        case = Case(id="case-ada", customer="Ada")
        self.assertEqual(close_case(PretendContext(), case), close_case(PretendContext(), case))


if __name__ == "__main__":
    unittest.main()
