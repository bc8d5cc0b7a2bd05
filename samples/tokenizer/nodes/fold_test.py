import unittest

from gen.axiom_context import AxiomContext
from gen.messages_pb2 import Token
from nodes.fold import fold


class FoldTest(unittest.TestCase):
    def test_capitals_make_no_difference(self):
        self.assertEqual(fold(AxiomContext(), Token(text="straße")), fold(AxiomContext(), Token(text="STRASSE")))


if __name__ == "__main__":
    unittest.main()
