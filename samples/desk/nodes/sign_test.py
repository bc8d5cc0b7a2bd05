import unittest

from gen.messages_pb2 import Answer
from nodes.pretend import PretendContext
from nodes.sign import sign


class SignTest(unittest.TestCase):
    def test_an_answer_is_signed(self):
        self.assertEqual("Yes. Your tea shop", sign(PretendContext(), Answer(text="Yes.")).text)


if __name__ == "__main__":
    unittest.main()
