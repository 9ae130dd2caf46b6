"""What the pages take from the library itself when they are built: tables that cannot drift, and names that link.

``{policy-table}``, ``{policy-sources}``, ``{switch-table}``, ``{style-table}`` and ``{defect-table}`` print the values
of mailpaths itself; ``{reading-table}`` prints every reading of the address that is its argument. The role ``own`` (the
default role, so a docstring's plain backquotes) links a public name and leaves any other text as code.
"""

# ruff: noqa: INP001 - Sphinx imports it by its folder; it is in no package

from __future__ import annotations

import re
from types import MemberDescriptorType
from typing import TYPE_CHECKING, TypeAlias

from docutils import nodes
from pygments.lexers.shell import BashSessionLexer
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

import mailpaths
from mailpaths.errors import MailPathsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sphinx.application import Sphinx

#: What stands in a cell of a table.
Cell: TypeAlias = nodes.Node | list[nodes.Node]

#: The route that the table of styles spells.
_EXAMPLE = mailpaths.Route(hosts=("seismo", "mcvax"), user="piet")
_YES, _NO = "yes", "no"


def code(text: str) -> nodes.Node:
    """Return the text as code."""
    return nodes.literal(text, text)


def words(text: str) -> nodes.Node:
    """Return the text as words."""
    return nodes.inline(text, text)


def name_of(policy: mailpaths.Policy) -> nodes.Node:
    """Return a policy's name as code that may break behind its punctuation, so that a narrow table stays one."""
    pieces = re.split(r"(?<=[:,_=])", policy.name)
    found = nodes.literal(policy.name)
    for piece in pieces:
        if found.children:
            found += nodes.raw("", "<wbr>", format="html")
        found += nodes.Text(piece)
    return found


def names_of(policies: Iterable[mailpaths.Policy]) -> list[nodes.Node]:
    """Return the names of the policies, with commas between."""
    found: list[nodes.Node] = []
    for policy in policies:
        if found:
            found.append(words(", "))
        found.append(name_of(policy))
    return found or [words("none")]


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]], classes: str) -> nodes.table:
    """Return a table of these cells."""
    group = nodes.tgroup(cols=len(head))
    group.extend(nodes.colspec(colwidth=1) for _ in head)
    header = nodes.row()
    header.extend(nodes.entry("", nodes.paragraph(name, name)) for name in head)
    group.append(nodes.thead("", header))
    body = nodes.tbody()
    for cells in rows:
        row = nodes.row()
        for cell in cells:
            row.append(nodes.entry("", nodes.paragraph("", "", *(cell if isinstance(cell, list) else [cell]))))
        body.append(row)
    group.append(body)
    return nodes.table("", group, classes=[classes])


def operators(policy: mailpaths.Policy) -> list[nodes.Node]:
    """Return a policy's operators in their order, and the other order behind an ``@`` where it has one."""
    found = [code(" ".join([operator.value for operator in policy.operators]))]
    if policy.after_at is not None:
        found += [words(", after an "), code("@"), words(": ")]
        found.append(code(" ".join([operator.value for operator in policy.after_at])))
    return found


def inside_quotes(policy: mailpaths.Policy) -> nodes.Node:
    """Return the operators that the policy looks for in a quoted local part."""
    marks = " ".join([operator.value for operator in policy.inside_quotes])
    return code(marks) if marks else words("none")


class Console(BashSessionLexer):
    """A shell session whose only prompt is ``$ ``: output that begins with a percent sign stays output."""

    _ps1rgx = re.compile(r"^(\$ )(.*\n?)")


class PolicyTable(SphinxDirective):
    """Every policy that ``readings`` asks: what it does."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        head = (
            "policy",
            "peeled in this order",
            "visits a source route",
            "looked for in quotes",
            "several @",
            "%% is plain",
        )
        rows: list[list[Cell]] = [
            [
                name_of(policy),
                operators(policy),
                words(_YES if policy.follows_routes else _NO),
                inside_quotes(policy),
                words(_YES if policy.several_at else _NO),
                words(_YES if policy.doubled_percent else _NO),
            ]
            for policy in mailpaths.ALL
        ]
        return [table(head, rows, "policies")]


class PolicySources(SphinxDirective):
    """Every base policy and the text that it stands for."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows = ([code(one.name), words(one.rule)] for one in mailpaths.policy.NAMED.values())
        return [table(("policy", "source"), rows, "sources")]


#: Switches that change no reading, only what the program does next: what they do, in words.
_NEXT_HOP_ALONE = {
    "append_dot_mydomain": "a host of one label gets the reading host's own domain",
    "resolve_null_domain": "u@ is not refused: it is u, here",
    "allow_domain_literals": "an address literal such as [10.0.0.1] is a host",
    "strip_trailing_dot": "the final dot of a host is dropped",
}


def _changes(base: mailpaths.Policy, changed: mailpaths.Policy, switch: str) -> list[nodes.Node]:
    """Return what the turned switch changes, told from the policies themselves."""
    found: list[nodes.Node] = []
    if (changed.operators, changed.after_at) != (base.operators, base.after_at):
        found += [words("peeled in this order: "), *operators(changed)]
    if changed.quotes_protect != base.quotes_protect:
        found += [words("; " if found else ""), words(f"quotes protect: {_YES if changed.quotes_protect else _NO}")]
    return found or [words(f"next_hop alone: {_NEXT_HOP_ALONE[switch]}")]


class SwitchTable(SphinxDirective):
    """Every switch of every policy: how it stands, and what turning it changes."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows: list[list[Cell]] = []
        for name, (switches, _apply) in mailpaths.policy._SWITCHES.items():  # noqa: SLF001 - the one list there is
            base = mailpaths.policy.named(name)
            for switch in switches:
                normally = mailpaths.policy.named(f"{name}:{switch}=yes") == base
                turned = mailpaths.policy.named(f"{name}:{switch}={_NO if normally else _YES}")
                rows.append(
                    [
                        code(name),
                        code(switch),
                        words(_YES if normally else _NO),
                        name_of(turned),
                        _changes(base, turned, switch),
                    ]
                )
        head = ("policy", "switch", "normally", "turned", "what that changes")
        return [table(head, rows, "switches")]


class StyleTable(SphinxDirective):
    """Every style, one route written in it, and the policies that read it back."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows: list[list[Cell]] = []
        for style in mailpaths.STYLES.values():
            try:
                written: nodes.Node = code(str(mailpaths.spell(_EXAMPLE, style)))
            except MailPathsError:
                written = words("(one host only)")
            safe = {policy.name for policy in style.safe}
            unsafe = [policy for policy in mailpaths.ALL if policy.name not in safe]
            rows.append([code(style.name), written, words(style.rule), names_of(unsafe)])
        return [table(("style", str(_EXAMPLE), "source", "policies that read it otherwise"), rows, "styles")]


class DefectTable(SphinxDirective):
    """Every kind of defect."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows: list[list[Cell]] = [
            [
                [code(kind.name), words(" "), code(kind.value)],
                words(kind.category.name),
                words(kind.message),
                words(kind.source),
            ]
            for kind in mailpaths.DefectKind
        ]
        return [table(("name and value", "category", "what is doubtful", "source"), rows, "defects")]


class ReadingTable(SphinxDirective):
    """Every reading of one address and the policies behind it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows: list[list[Cell]] = [
            [words(str(reading.route)), names_of(reading.policies)] for reading in mailpaths.readings(self.arguments[0])
        ]
        return [table((f"{self.arguments[0]} means", "under"), rows, "readings")]


class OwnName(SphinxRole):
    """A public name of mailpaths as a link; anything else, and what has no entry of its own, as code."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the node."""
        plain = nodes.literal(self.text, self.text)
        name = self.text.removeprefix("mailpaths.")
        first, *rest = name.split(".")
        owner = getattr(mailpaths, first, None) if first in mailpaths.__all__ else None
        if owner is None or (first == "policy" and not rest):
            return [plain], []
        for part in rest:
            owner = getattr(owner, part, None)
        if owner is None:
            return [plain], []
        if isinstance(owner, MemberDescriptorType):  # a field: told of in the class's own text
            name = first
        link = addnodes.pending_xref(
            "",
            plain,
            refdomain="py",
            reftype="obj",
            reftarget=f"mailpaths.{name}",
            refexplicit=True,
            refdoc=self.env.docname,
        )
        return [link], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the above."""
    app.add_directive("policy-table", PolicyTable)
    app.add_directive("policy-sources", PolicySources)
    app.add_directive("switch-table", SwitchTable)
    app.add_directive("style-table", StyleTable)
    app.add_directive("defect-table", DefectTable)
    app.add_directive("reading-table", ReadingTable)
    app.add_role("own", OwnName())
    app.add_lexer("console", Console)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
