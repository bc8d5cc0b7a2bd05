"""The signs that ReadPage knows: five rows of three dots each."""

_ROWS = """
A .#. #.# ### #.# #.#
C .## #.. #.. #.. .##
E ### #.. ##. #.. ###
I ### .#. .#. .#. ###
L #.. #.. #.. #.. ###
N ##. #.# #.# #.# #.#
O .#. #.# #.# #.# .#.
P ##. #.# ##. #.. #..
R ##. #.# ##. #.# #.#
S .## #.. .#. ..# ##.
T ### .#. .#. .#. .#.
U #.# #.# #.# #.# ###
1 .#. ##. .#. .#. ###
2 ##. ..# .#. #.. ###
3 ##. ..# .#. ..# ##.
"""

DOTS = {sign: tuple(rows) for sign, *rows in (line.split() for line in _ROWS.split("\n") if line)}
DOTS[" "] = ("...",) * 5
SIGNS = {dots: sign for sign, dots in DOTS.items()}


def draw(text):
    """The five rows of a page that says this."""
    return [".".join(DOTS[sign][row] for sign in text) for row in range(5)]
