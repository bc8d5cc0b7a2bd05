import unittest

from gen.axiom_context import AxiomContext
from gen.messages_pb2 import Document, Kind
from nodes.tokenize import tokenize


def tokens(*texts):
    return tokenize(AxiomContext(), iter([Document(text=text) for text in texts]))


class TokenizeTest(unittest.TestCase):
    def test_finds_words_numbers_and_signs_where_they_are(self):
        found = [(t.text, Kind.Name(t.kind), t.at) for t in tokens("Größe 42!")]
        self.assertEqual([("Größe", "WORD", 0), ("42", "NUMBER", 6), ("!", "SIGN", 8)], found)

    def test_gives_a_token_before_it_looks_for_the_next(self):
        first = next(tokens("a " * 1_000_000))
        self.assertEqual("a", first.text)

    def test_no_text_has_no_tokens(self):
        self.assertEqual([], list(tokens()))
        self.assertEqual([], list(tokens("", "  ")))


if __name__ == "__main__":
    unittest.main()
