"""The usual operators of mutation testing, applied to every place of a module where they fit.

Nothing here knows what the module does, but for one rule of cryptographic code: a comparison in
constant time becomes an ordinary one, and what is drawn by chance becomes a constant.
"""

import ast
import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

SWAPPED = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "==": "!=",
    "!=": "==",
    "is": "is not",
    "is not": "is",
    "in": "not in",
    "not in": "in",
    "and": "or",
    "or": "and",
    "+": "-",
    "-": "+",
    "*": "+",
    "//": "*",
    "%": "+",
    "**": "*",
    "<<": ">>",
    ">>": "<<",
    "&": "|",
    "|": "&",
    "^": "|",
}
OPERATOR = re.compile(r"<=|>=|==|!=|<<|>>|\*\*|//|[-<>+*%&|^]|\b(?:is not|not in|is|in|and|or)\b")
CONSTANT = {"secrets.randbits": "1", "secrets.token_bytes": "bytes(32)"}
UNTOUCHED = {"annotation", "returns", "decorator_list"}


class Change(NamedTuple):
    """One mutant: the text of the module with it, and the lines that differ."""

    line: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    text: str


def changes(source: str) -> Iterator[Change]:
    """Yield every mutant of a module, from its top to its bottom."""
    octets = source.encode("utf-8")
    starts = [0]
    for line in octets.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def place(line: int, column: int) -> int:
        return starts[line - 1] + column

    for node, parent in _nodes(ast.parse(source)):
        for first, last, text in _Places(octets, place).of(node, parent):
            begin = octets.rfind(b"\n", 0, first) + 1
            end = octets.find(b"\n", last) % (len(octets) + 1)  # -1 is the end of the text.
            broken = octets[:first] + text.encode("utf-8") + octets[last:]
            new_end = end + len(broken) - len(octets)
            change = Change(
                octets.count(b"\n", 0, begin) + 1,
                _lines(octets[begin:end]),
                _lines(broken[begin:new_end]),
                broken.decode("utf-8"),
            )
            if change.new != change.old:
                yield change


def _lines(octets: bytes) -> tuple[str, ...]:
    return tuple(line for line in octets.decode("utf-8").split("\n") if line.strip())


def _nodes(node: ast.AST, parent: ast.AST | None = None) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield what is not a docstring, an annotation, a part of an f-string or `__all__`."""
    if parent is not None:
        yield node, parent
    match node:
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr():
            return
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return
    for name, value in ast.iter_fields(node):
        if name not in UNTOUCHED:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _nodes(child, node)


class _Places:
    """The operators. Each yields where it replaces what: two offsets and the new text."""

    def __init__(self, octets: bytes, place) -> None:
        self._octets = octets
        self._place = place

    def of(self, node: ast.AST, parent: ast.AST) -> Iterator[tuple[int, int, str]]:
        yield from self._operators(node)
        yield from self._conditions(node)
        yield from self._constants(node, parent)
        yield from self._calls(node)
        yield from self._statements(node)
        yield from self._around_statements(node)

    def _operators(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.Compare(left=left, comparators=others):
                yield from self._swapped([left, *others])
            case ast.BoolOp(values=values):
                yield from self._swapped(values)
            case ast.BinOp(left=left, right=right):
                yield from self._swapped([left, right])
            case ast.AugAssign(target=target, value=value):
                yield from self._swapped([target, value])
            case ast.UnaryOp(operand=operand):
                yield self._first(node), self._first(operand), ""

    def _conditions(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
                yield from self._negated(test)
            case ast.comprehension(ifs=tests):
                for test in tests:
                    yield from self._negated(test)

    def _constants(self, node: ast.AST, parent: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.JoinedStr():
                yield self._whole(node, '""')
            case ast.Constant(value=bool(value)):
                yield self._whole(node, str(not value))
            case ast.Constant(value=int(value)) if not isinstance(parent, ast.UnaryOp):
                yield self._whole(node, str(value + 1))
                yield self._whole(node, str(value - 1))
            case ast.Constant(value=str(value)):
                yield self._whole(node, '""' if value else '"XX"')
            case ast.Constant(value=bytes(value)):
                yield self._whole(node, 'b""' if value else 'b"XX"')

    def _calls(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.Call(func=function, args=arguments, keywords=keywords):
                name = ast.unparse(function)
                everything = [*arguments, *keywords]
                for keyword in keywords:
                    at = everything.index(keyword)
                    if at:
                        yield self._last(everything[at - 1]), self._last(keyword), ""
                    else:
                        after = everything[1:2]
                        end = self._first(after[0]) if after else self._last(keyword)
                        yield self._first(keyword), end, ""
                if name in CONSTANT:
                    yield self._whole(node, CONSTANT[name])
                if name == "hmac.compare_digest":
                    left, right = map(self._text, arguments)
                    yield self._whole(node, f"({left} == {right})")

    def _statements(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.Return(value=value) if value and not self._is_the_constant_none(value):
                yield self._whole(node, "return None")
            case ast.Expr(value=ast.Constant()):
                pass
            case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Delete():
                yield self._whole(node, "pass")
            case ast.Break() | ast.Continue():
                yield self._whole(node, "pass")
            case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
                yield self._whole(node, "pass")
            case ast.AnnAssign(target=ast.Attribute(), value=value) if value:
                yield self._whole(node, "pass")

    def _around_statements(self, node: ast.AST) -> Iterator[tuple[int, int, str]]:
        match node:
            case ast.With(items=[ast.withitem(context_expr=manager, optional_vars=None)]):
                yield self._first(node), self._last(manager), "if True"
            case ast.ExceptHandler(type=ast.Tuple(elts=kinds)):
                for kind in kinds:
                    yield self._whole(kind, "ZeroDivisionError")
            case (
                ast.FunctionDef(decorator_list=decorators) | ast.ClassDef(decorator_list=decorators)
            ):
                for decorator in decorators:
                    yield self._first(decorator) - 1, self._last(decorator), ""

    def _negated(self, test: ast.expr) -> Iterator[tuple[int, int, str]]:
        match test:
            case ast.UnaryOp(op=ast.Not()):
                pass  # It loses its "not" already.
            case ast.Compare(
                ops=[ast.Eq() | ast.NotEq() | ast.Is() | ast.IsNot() | ast.In() | ast.NotIn()]
            ):
                pass  # It is swapped for its opposite already.
            case _:
                yield self._whole(test, f"not ({self._text(test)})")

    def _swapped(self, operands: list[ast.expr]) -> Iterator[tuple[int, int, str]]:
        """Swap the operator between two operands that follow each other."""
        for left, right in itertools.pairwise(operands):
            first, last = self._last(left), self._first(right)
            between = self._octets[first:last].decode("utf-8")
            found = OPERATOR.search(between)
            assert found, between
            swapped = between[: found.start()] + SWAPPED[found[0]] + between[found.end() :]
            yield first, last, swapped

    def _first(self, node) -> int:
        return self._place(node.lineno, node.col_offset)

    def _last(self, node) -> int:
        return self._place(node.end_lineno, node.end_col_offset)

    def _text(self, node: ast.AST) -> str:
        return self._octets[self._first(node) : self._last(node)].decode("utf-8")

    def _whole(self, node: ast.AST, text: str) -> tuple[int, int, str]:
        return self._first(node), self._last(node), text

    @staticmethod
    def _is_the_constant_none(node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) and node.value is None
