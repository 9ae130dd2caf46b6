"""The costs of links in UUCP maps: the arithmetic in parentheses, such as ``(DAILY*2+LOW)``.

    expression  =  number / symbol / "-" expression / "(" expression ")"
                /  expression ( "+" / "-" / "*" / "/" ) expression

The source is parse.y 9.11 of pathalias 10: the operators of C with C's precedence, left to right; division drops the
fraction; the minus sign before an operand binds as loosely as a subtraction does; numbers are C's long integers of 64
bits. A word that is no symbol counts 4000, and so does a link without a cost.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEFAULT", "MANUAL", "SYMBOLS", "TABLES", "Costs", "Sum", "number"]

#: What a link costs that says nothing (DEFCOST of def.h).
DEFAULT = 4000

#: The symbols of pathalias 10, from its source (ctable of parse.y 9.11).
SYMBOLS: Mapping[str, int] = MappingProxyType(
    {
        "LOCAL": 25,
        "DEDICATED": 100,
        "DIRECT": 200,
        "DEMAND": 300,
        "HOURLY": 500,
        "EVENING": 2000,
        "DAILY": 5000,
        "POLLED": 5000,
        "WEEKLY": 30000,
        "DEAD": 1_000_000,
        "LOW": 5,
        "HIGH": -5,
        "FAST": -80,
        # Not in the manual, but understood: older maps have them.
        "ARPA": 100,
        "DIALED": 300,
    }
)
#: The same as the manual page says them (pathalias.8 9.8): it and the source differ on two.
MANUAL: Mapping[str, int] = MappingProxyType({**SYMBOLS, "DEDICATED": 95, "EVENING": 1800})

#: Both, by who says so.
TABLES: Mapping[str, Mapping[str, int]] = MappingProxyType({"source": SYMBOLS, "manual": MANUAL})

# A cost that needs no scanner: its tokens, blanks left out.
_TOKENS = re.compile(r"[A-Z]++|[0-9]++|[-+*/()]")
_ONLY_TOKENS = re.compile(r"(?>(?:[A-Z]++|[0-9]++(?![A-Z])|[-+*/() \t\n])+)\Z")
_DIGITS = 18
_WORD = 1 << 64
_SIGN = 1 << 63
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "negate": 1}
_HIGHEST = 2


def number(digits: str) -> int:
    """Return the value of digits, which wraps round as C's long integers do."""
    value = 0
    for start in range(0, len(digits), _DIGITS):
        piece = digits[start : start + _DIGITS]
        value = (value * 10 ** len(piece) + int(piece)) % _WORD
    return _signed(value)


def _signed(value: int) -> int:
    return value if -_SIGN <= value < _SIGN else (value + _SIGN) % _WORD - _SIGN


class Sum:
    """An expression that is read token by token, and each step taken when yacc takes it.

    That is once the next token is known; but a product and a quotient, which nothing can bind closer than, as soon as
    their second operand is there.
    """

    __slots__ = ("_operators", "_values", "zero_divisors")

    def __init__(self) -> None:
        self._values: list[int] = []
        self._operators: list[str] = []
        #: How many divisions by zero were passed over: each leaves its dividend as it is.
        self.zero_divisors = 0

    def operand(self, value: int) -> None:
        """Take a number."""
        self._values.append(value)
        self._reduce(_HIGHEST)

    def prefix(self, operator: str) -> None:
        """Take a parenthesis that opens, or the sign before an operand."""
        self._operators.append("negate" if operator == "-" else operator)

    def infix(self, operator: str) -> None:
        """Take an operator between two operands."""
        self._reduce(_PRECEDENCE[operator])
        self._operators.append(operator)

    @property
    def is_open(self) -> bool:
        """Whether a parenthesis waits for its end."""
        return "(" in self._operators

    def close(self) -> bool:
        """Take a parenthesis that closes; false where it is the one about the whole expression."""
        self._reduce(0)
        if not self._operators:
            return False
        self._operators.pop()
        self._reduce(_HIGHEST)
        return True

    def value(self) -> int:
        """Return the value of the whole."""
        self._reduce(0)
        return self._values[-1]

    def _reduce(self, precedence: int) -> None:
        operators, values = self._operators, self._values
        while operators and operators[-1] != "(" and _PRECEDENCE[operators[-1]] >= precedence:
            operator = operators.pop()
            right = values.pop()
            if operator == "negate":
                values.append(_signed(-right))
                continue
            left = values.pop()
            if operator == "/" and not right:
                self.zero_divisors += 1
            values.append(_signed(_applied(operator, left, right)))


def _applied(operator: str, left: int, right: int) -> int:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if not right:
        return left
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


class Costs(dict[str, int]):
    """The values of costs by their text, found when first asked for.

    Raises `KeyError` for a text of which there is more to tell than a value: a fault, or a cost below zero.
    """

    __slots__ = ("symbols",)

    def __init__(self, symbols: Mapping[str, int]) -> None:
        super().__init__({"": DEFAULT})
        self.symbols = symbols

    def __missing__(self, text: str) -> int:
        """Find and keep the value of a text with its parentheses."""
        value = self._value(_TOKENS.findall(text)) if _ONLY_TOKENS.match(text) else None
        if value is None or value < 0:
            raise KeyError(text)
        self[text] = value
        return value

    def _value(self, tokens: list[str]) -> int | None:
        """Return the value of an expression in parentheses, ``None`` for any other row of tokens."""
        total = Sum()
        wants_operand = True
        for token in tokens:
            if token == ")" and not wants_operand:  # noqa: S105 - no password
                total.close()
            elif wants_operand and token in {"-", "("}:
                total.prefix(token)
            elif wants_operand and token.isalnum():
                total.operand(self.symbols[token] if token.isalpha() else number(token))
                wants_operand = False
            elif not wants_operand and token in _PRECEDENCE:
                total.infix(token)
                wants_operand = True
            else:
                return None
        return None if wants_operand or total.is_open or total.zero_divisors else total.value()
