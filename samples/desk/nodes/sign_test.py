import unittest

from gen.messages_pb2 import Answer
from nodes.pretend import PretendContext
from nodes.sign import sign


class SignTest(unittest.TestCase):
    def test_an_answer_is_signed(self):
        self.assertEqual("Yes. Your tea shop", sign(PretendContext(), Answer(text="Yes.")).text)

    def test_the_secret_says_by_whom(self):
        ax = PretendContext(secrets_map={"DESK_SIGNATURE": "Ben"})
        self.assertEqual("Yes. Ben", sign(ax, Answer(text="Yes.")).text)


if __name__ == "__main__":
    unittest.main()
