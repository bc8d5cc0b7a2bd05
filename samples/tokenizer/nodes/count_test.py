import unittest

from gen.axiom_context import AxiomContext
from gen.messages_pb2 import Token
from nodes.count import count


class CountTest(unittest.TestCase):
    def test_counts_as_they_come(self):
        words = iter([Token(text=word) for word in "a rose is a rose".split()])
        self.assertEqual(
            [("a", 1), ("rose", 1), ("is", 1), ("a", 2), ("rose", 2)],
            [(seen.text, seen.times) for seen in count(AxiomContext(), words)],
        )


if __name__ == "__main__":
    unittest.main()
