import unittest

from gen.messages_pb2 import Question
from nodes.pretend import PretendContext
from nodes.sort import sort


class SortTest(unittest.TestCase):
    def test_a_question_has_a_topic_and_an_urgency(self):
        found = sort(PretendContext(), Question(customer="Ada", text="My refund!!"))
        self.assertEqual(("Ada", "refund", 2), (found.customer, found.topic, found.urgency))

    def test_what_is_unknown_is_something_else(self):
        self.assertEqual("something else", sort(PretendContext(), Question(text="Hm?")).topic)


if __name__ == "__main__":
    unittest.main()
