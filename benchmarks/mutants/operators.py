"""The mutations: cosmic-ray's operators, and five of our own for what those leave alone.

Of cosmic-ray's families one or two members are taken for each site: `a + b` becomes `a - b`, and
not eleven other things of which ten raise a TypeError. Annotations, assertions (they are for the
type checker) and decorators are left alone.
"""

import pickle
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import parso
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider
from parso.python.tree import Keyword, PythonNode

Node = Any
"""parso has no types of its own that say more."""

Place = tuple[tuple[int, int], tuple[int, int]]

_LIBRARYS = (
    "AddNot",
    "ExceptionReplacer",
    "NumberReplacer",
    "ReplaceAndWithOr",
    "ReplaceBinaryOperator_Add_Sub",
    "ReplaceBinaryOperator_BitAnd_BitOr",
    "ReplaceBinaryOperator_BitOr_BitAnd",
    "ReplaceBinaryOperator_BitXor_BitAnd",
    "ReplaceBinaryOperator_Div_Mul",
    "ReplaceBinaryOperator_FloorDiv_Mul",
    "ReplaceBinaryOperator_Mod_Mul",
    "ReplaceBinaryOperator_Mul_Div",
    "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBreakWithContinue",
    "ReplaceComparisonOperator_Eq_NotEq",
    "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_GtE_Lt",
    "ReplaceComparisonOperator_Gt_GtE",
    "ReplaceComparisonOperator_Gt_LtE",
    "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceComparisonOperator_Is_IsNot",
    "ReplaceComparisonOperator_LtE_Gt",
    "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_Lt_GtE",
    "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceContinueWithBreak",
    "ReplaceFalseWithTrue",
    "ReplaceOrWithAnd",
    "ReplaceTrueWithFalse",
    "ReplaceUnaryOperator_Delete_Not",
    "ReplaceUnaryOperator_USub_UAdd",
    "ZeroIterationForLoop",
)


class _Own(Operator):
    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class DropArgument(_Own):
    """Leaves out a keyword argument, or the only argument of a call."""

    def mutation_positions(self, node: Node) -> Iterator[Place]:
        for child in self._arguments(node):
            yield child.start_pos, child.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        gone = list(self._arguments(node))[index]
        if node.type == "trailer":
            node.children.remove(gone)
            return node
        at = node.children.index(gone)
        del node.children[max(at - 1, 0) : max(at + 1, 2)]
        return node

    def _arguments(self, node: Node) -> Iterator[Node]:
        if node.type == "arglist":
            yield from (each for each in node.children if _is_keyword(each))
        elif node.type == "trailer" and node.children[0] == "(" and len(node.children) == 3:
            yield from (each for each in node.children[1:2] if each.type != "arglist")


def _is_keyword(node: Node) -> bool:
    return node.type == "argument" and len(node.children) == 3 and node.children[1] == "="


class RemoveStatement(_Own):
    """Does not do what a statement does: a call, or an addition in place."""

    def mutation_positions(self, node: Node) -> Iterator[Place]:
        if node.type == "simple_stmt" and self._acts(node.children[0]):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        del index
        prefix = node.get_first_leaf().prefix
        node.children[0] = parso.parse(f"{prefix}pass")
        return node

    def _acts(self, statement: Node) -> bool:
        if statement.type == "expr_stmt":
            return bool(statement.children[1].type == "operator" and statement.children[1] != "=")
        return bool(statement.type == "atom_expr")


class OtherWord(_Own):
    """Puts another word for a word: what is compared, looked up, or passed on; no message."""

    _WORD = re.compile(r"""["'][\w./:*@-]+["']""")

    def mutation_positions(self, node: Node) -> Iterator[Place]:
        if node.type == "string" and self._WORD.fullmatch(node.value):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        del index
        node.value = f"{node.value[:-1]}x{node.value[-1]}"
        return node


class RecordedForSettled(_Own):
    """Takes one state of a transfer for the other."""

    def mutation_positions(self, node: Node) -> Iterator[Place]:
        if node.type == "string" and node.value in ('"settled"', '"recorded"'):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        del index
        node.value = '"recorded"' if node.value == '"settled"' else '"settled"'
        return node


class InNotIn(_Own):
    """Takes what is in for what is not in."""

    def mutation_positions(self, node: Node) -> Iterator[Place]:
        if node.type == "comparison" and _is_in(node.children[1]):
            yield node.children[1].start_pos, node.children[1].end_pos

    def mutate(self, node: Node, index: int) -> Node:
        del index
        was_in = isinstance(node.children[1], Keyword)
        node.children[1] = parso.parse(" not in" if was_in else " in")
        return node


def _is_in(node: Node) -> bool:
    if isinstance(node, Keyword):
        return bool(node.value == "in")
    return isinstance(node, PythonNode) and [each.value for each in node.children] == ["not", "in"]


OWN = (DropArgument, InNotIn, OtherWord, RecordedForSettled, RemoveStatement)


@dataclass(frozen=True)
class Mutant:
    """One change of a module.

    Attributes:
        operator: its name.
        occurrence: which of the operator's sites, from 0.
        line, column: where it is.
    """

    operator: str
    occurrence: int
    line: int
    column: int

    def source(self, original: str) -> str:
        """The module's source with this change in it."""
        tree = pickle.loads(_parsed(original))  # noqa: S301 - our own, of a line above
        visitor = MutationVisitor(self.occurrence, _operator(self.operator))
        changed = visitor.walk(tree)
        assert visitor.mutation_applied
        return str(changed.get_code())


@cache
def _parsed(source: str) -> bytes:
    """A module's tree, to be copied for each mutant: to parse it again takes longer."""
    return pickle.dumps(get_ast(source))


def mutants_of(source: str) -> list[Mutant]:
    """Every change of a module, by line."""
    nodes = list(ast_nodes(get_ast(source)))
    found = []
    for name in (*_LIBRARYS, *(each.__name__ for each in OWN)):
        operator, occurrence = _operator(name), 0
        for node in nodes:
            for (line, column), _ in operator.mutation_positions(node):
                if not _is_left_alone(node) and not (name == "AddNot" and _is_turned_else(node)):
                    found.append(Mutant(name, occurrence, line, column))
                occurrence += 1
    return sorted(found, key=lambda each: (each.line, each.column, each.operator, each.occurrence))


@cache
def _operator(name: str) -> Operator:
    own = {each.__name__: each for each in OWN}
    return own[name]() if name in own else OperatorProvider()[name]()


def _is_turned_else(node: Node) -> bool:
    """Whether another operator turns that condition round: it is a `not`, or one comparison."""
    condition = node.children[2 if node.type == "test" else 1]
    return bool(condition.type in ("not_test", "comparison"))


def _is_left_alone(node: Node) -> bool:
    """Whether it stands in an annotation, an assertion, a decorator or an import.

    And whether it is the star between parameters, which multiplies nothing.
    """
    if node.type == "operator" and node.parent.type in ("parameters", "lambdef"):
        return True
    while node.parent is not None:
        inner, node = node, node.parent
        if node.type in ("assert_stmt", "decorator", "import_from", "import_name"):
            return True
        if node.type == "annassign" and inner is node.children[1]:
            return True
        if node.type in ("param", "funcdef") and inner is node.annotation:
            return True
    return node.type == "assert_stmt"
