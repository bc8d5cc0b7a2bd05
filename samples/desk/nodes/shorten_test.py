import unittest

from gen.messages_pb2 import Answer
from nodes.pretend import PretendContext
from nodes.shorten import shorten


class ShortenTest(unittest.TestCase):
    def test_the_last_word_goes(self):
        self.assertEqual("one two", shorten(PretendContext(), Answer(text="one two three")).text)
        self.assertEqual("", shorten(PretendContext(), Answer(text="one")).text)


if __name__ == "__main__":
    unittest.main()
