"""What the pages take from the library itself when they are built: tables that cannot drift, and names that link.

``{policy-table}``, ``{policy-sources}``, ``{switch-table}``, ``{style-table}``, ``{defect-table}``,
``{attribute-table}``, ``{dialect-sources}``, ``{cost-table}``, ``{obstacle-table}``, ``{gateway-table}``,
``{export-table}`` and ``{code-table}`` print the values of mailpaths itself; ``{reading-table}`` prints every reading
of the address that is its argument, ``{dialect-table}`` the O/R address that is its argument in every dialect.
The role ``own`` (the default role, so a docstring's plain backquotes) links a public name and leaves any other text as
code.
"""

# ruff: noqa: INP001 - Sphinx imports it by its folder; it is in no package

from __future__ import annotations

import importlib
import re
from collections import Counter
from types import MemberDescriptorType, ModuleType
from typing import TYPE_CHECKING, TypeAlias

from docutils import nodes
from pygments.lexers.shell import BashSessionLexer
from pygments.token import Generic
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

import mailpaths
from mailpaths import daemon, hooks, pathservice, routing, x400
from mailpaths.addresses import attributes
from mailpaths.errors import MailPathsError
from mailpaths.grammar import uucpcost
from mailpaths.routing import exports, gateways

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pygments.token import _TokenType
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
    """A shell session whose only prompt is ``$ ``: output that begins with a percent sign stays output.

    Below ``telnet`` a person types, too: the lines that are neither a reply nor telnet's own words.
    """

    _ps1rgx = re.compile(r"^(\$ )(.*\n?)")
    _telnet = re.compile(r"\$ telnet .*\n((?!\$ ).*\n?)*", re.MULTILINE)
    _not_typed = re.compile(r"[2-5][0-9][0-9][ -]|Trying |Connected to |Escape character is |Connection closed by ")

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        """Yield the tokens."""
        sessions = [found.span() for found in self._telnet.finditer(text)]
        for place, token, value in super().get_tokens_unprocessed(text):
            is_typed = (
                token is Generic.Output
                and any(start <= place < end for start, end in sessions)
                and not self._not_typed.match(value)
            )
            yield place, Generic.Strong if is_typed else token, value


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


def _breakable(text: str) -> nodes.Node:
    """Return code that may break behind a separator, so that a long address does not widen its table."""
    found = nodes.literal(text)
    for piece in re.split(r"(?<=[/;.])(?=\S)", text):
        if found.children:
            found += nodes.raw("", "<wbr>", format="html")
        found += nodes.Text(piece)
    return found


def _exchange_label(attribute: attributes.Attribute) -> str | None:
    """Return how Exchange writes an attribute, asked of an address that has it."""
    if attribute.key == "DD":
        return "dda:type"
    value = "1" if attribute.syntax in _DIGITS else "gb" if attribute.key in {"C", "PD-C"} else "x"
    address = mailpaths.ORAddress([(attribute.key, value)])
    try:
        written = address.to_text("exchange")
    except MailPathsError:
        return None
    pairs = [pair.partition("=")[0] for pair in written.removeprefix("X400:").split(";")]
    return next((pair for pair in pairs if pair != "a" or attribute.key == "ADMD"), None)


_DIGITS = {attributes.Syntax.NUMERIC, attributes.Syntax.INTEGER}
#: How many there may be of those that may be several, in words.
_SEVERAL = {"OU": ", up to four", "PD-ADDRESS": ", up to six lines", "DD": ", up to four"}


def _bound(attribute: attributes.Attribute) -> str:
    """Return how long the value may be, in words."""
    if attribute.key in {"C", "PD-C"}:
        return "2 letters or 3 digits"
    if attribute.syntax is attributes.Syntax.INTEGER:
        return f"a number up to {attribute.bound}"
    if attribute.bound == attributes.UNBOUNDED:
        return "no bound"
    return f"{attribute.bound}{_SEVERAL.get(attribute.key, '')}"


class AttributeTable(SphinxDirective):
    """Every attribute of an O/R address: what each hand calls it, and how long it may be."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows: list[list[Cell]] = []
        for one in attributes.TABLE:
            f401 = {"OU": "OU1", "DD": "DDA:type", "PD-ADDRESS": "PD-A1"}.get(one.key, one.label)
            exchange = _exchange_label(one)
            rows.append(
                [
                    words(one.name),
                    code("DD.type" if one.key == "DD" else one.key),
                    words("none") if f401 is None else code(f401),
                    words("none") if exchange is None else code(exchange),
                    words(one.syntax.value),
                    words(_bound(one)),
                ]
            )
        head = ("attribute", "MIXER", "F.401", "Exchange", "characters", "at most")
        return [table(head, rows, "attributes")]


class DialectTable(SphinxDirective):
    """One O/R address in every dialect."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        address = mailpaths.ORAddress.parse(self.arguments[0])
        rows: list[list[Cell]] = []
        for dialect in x400.DIALECTS.values():
            try:
                text = address.to_text(dialect)
            except MailPathsError as error:
                rows.append([code(dialect.name), words(f"refused: {error}")])
                continue
            if "\n" in text:
                rows.append([code(dialect.name), nodes.literal_block(text, text, language="text")])
            else:
                rows.append([code(dialect.name), _breakable(text)])
        return [table(("dialect", "the same address"), rows, "dialects")]


class DialectSources(SphinxDirective):
    """Every dialect, what it says comes first, and the text that it stands for."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows: list[list[Cell]] = [
            [code(one.name), words("smallest" if one.ascending else "largest"), words(one.rule)]
            for one in x400.DIALECTS.values()
        ]
        return [table(("dialect", "of several units, first the", "source"), rows, "sources")]


class CostTable(SphinxDirective):
    """Every symbol of a cost, and what it counts by the source of pathalias and by its manual."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows: list[list[Cell]] = [
            [
                code(symbol),
                words(f"{value:,}"),
                words("not there" if symbol in _UNDOCUMENTED else f"{uucpcost.MANUAL[symbol]:,}"),
            ]
            for symbol, value in sorted(uucpcost.SYMBOLS.items(), key=lambda pair: pair[1])
        ]
        return [table(("symbol", "in the source", "in the manual"), rows, "costs")]


#: Symbols that pathalias understands and its manual does not name.
_UNDOCUMENTED = {"ARPA", "DIALED"}


class ObstacleTable(SphinxDirective):
    """Every obstacle of a road."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows: list[list[Cell]] = [
            [code(f"Obstacle.{one.name}"), code(one.name.lower().replace("_", "-")), words(str(one))]
            for one in routing.Obstacle
        ]
        return [table(("in Python", "in JSON rows", "what may stop a message"), rows, "obstacles")]


class GatewayTable(SphinxDirective):
    """Every way into a pseudo-domain that is taken unless somebody says otherwise."""

    def run(self) -> list[nodes.Node]:
        """Return the table: of each domain the ways that answer of themselves, the first of them first."""
        rows: list[list[Cell]] = []
        for way in gateways.known_gateways():
            if way.default:
                became = "none: it is in the DNS" if way.native else f"none: it became {way.becomes}"
                via = code(" → ".join(way.via)) if way.via else words(became)
                rows.append([code(way.domain), via, words(way.source)])
        return [table(("domain", "gateway", "source"), rows, "gateways")]


class ExportTable(SphinxDirective):
    """Every format of ``mailpaths map export``."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows: list[list[Cell]] = [[code(one.name), words(one.rule)] for one in exports.FORMATS.values()]
        return [table(("format", "what it is"), rows, "exports")]


class CodeTable(SphinxDirective):
    """Every reply code of RFC 915."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows: list[list[Cell]] = [
            [code(str(int(one))), code(f"Code.{one.name}"), words(one.meaning), words(_SENT[int(one)])]
            for one in pathservice.Code
        ]
        assert set(_SENT) == {int(one) for one in pathservice.Code}  # noqa: S101 - a code without its row
        return [table(("code", "in Python", "what it means", "in reply to"), rows, "codes")]


#: What has which code for an answer: FROM and STAT, too, which are our own.
_SENT = {
    200: "HELP; FROM, STAT",
    210: "the connection",
    211: "QUIT",
    220: "PATH; HELP and a world",
    230: "PATH",
    410: "the connection, when there are too many; anything, when the server ends",
    412: "silence",
    420: "PATH; FROM; anything, when it comes too fast",
    421: "HELP",
    501: "anything",
    510: "the connection, from a network that is not served",
    520: "PATH; FROM",
    521: "PATH",
}


#: The rooms of roads whose names stand in the reference beside those of `mailpaths.routing`.
_ROAD_ROOMS = ("exports", "urls", "uucp.checking", "uucp.picture", "uucp.printing", "uucp.sources", "uucp.world")
#: The rooms of X.400 that have a page of their own names.
_ROOMS = (
    "aftn",
    "certificate",
    "der",
    "directory",
    "downgrade",
    "exchange",
    "legacy",
    "mail11",
    "message_id",
    "ps",
    "px",
    "tables",
    "telephone",
)


def _entries() -> dict[str, tuple[str, object]]:
    """Return the entry that a public name of X.400 has, under each way to write the name, and what it names."""
    public = {id(getattr(x400, name)): f"x400.{name}" for name in x400.__all__ if name not in mailpaths.__all__}
    public |= {id(getattr(mailpaths, name)): name for name in mailpaths.__all__}
    found: dict[str, tuple[str, object]] = {}
    for room in _ROOMS:
        module = importlib.import_module(f"mailpaths.x400.{room}")
        found[f"x400.{room}"] = (f"x400.{room}", module)
        for name in module.__all__:
            owner = getattr(module, name)
            found[f"x400.{room}.{name}"] = (public.get(id(owner), f"x400.{room}.{name}"), owner)
    for name in x400.__all__:
        owner = getattr(x400, name)
        found[f"x400.{name}"] = (public[id(owner)], owner)
    found["x400"] = ("x400", x400)
    # What stands in one room alone needs no room before it.
    bare = Counter(name.rpartition(".")[2] for name in found)
    for name in list(found):
        last = name.rpartition(".")[2]
        if bare[last] == 1 and last[0].isupper():
            found[last] = found[name]
    return _service_entries() | _road_entries() | found


def _road_entries() -> dict[str, tuple[str, object]]:
    """Return the same for the public names of roads, the bare ones of their rooms too."""
    public = {id(getattr(routing, name)): f"routing.{name}" for name in routing.__all__}
    found: dict[str, tuple[str, object]] = {"routing": ("routing", routing)}
    for room in _ROAD_ROOMS:
        module = importlib.import_module(f"mailpaths.routing.{room}")
        for name in module.__all__:
            owner = getattr(module, name)
            found[f"routing.{room}.{name}"] = (public.get(id(owner), f"routing.{room}.{name}"), owner)
            if name[0].isupper() and name not in mailpaths.__all__:
                found[name] = found[f"routing.{room}.{name}"]
    for name in routing.__all__:
        owner = getattr(routing, name)
        found[f"routing.{name}"] = (public[id(owner)], owner)
    return found


def _service_entries() -> dict[str, tuple[str, object]]:
    """Return the same for the public names of the path service and of what it stands on."""
    found: dict[str, tuple[str, object]] = {}
    for package in (daemon, pathservice, hooks):
        short = package.__name__.removeprefix("mailpaths.")
        found[short] = (short, package)
        for name in package.__all__:
            owner = getattr(package, name)
            entry = (f"{short}.{name}", owner)
            found[f"{short}.{name}"] = entry
            # The room's own name of it, too.
            room = str(getattr(owner, "__module__", "")).removeprefix("mailpaths.")
            if room.startswith(f"{short}."):
                found[f"{room}.{name}"] = entry
            if name[0].isupper():
                found[name] = entry
    return found


_ENTRIES = _entries()
#: What is shown, and what is meant.
_TITLED = re.compile(r"(.+) <([A-Za-z0-9_.]+)>\Z")


class OwnName(SphinxRole):
    """A public name of mailpaths as a link, ``title <name>`` under a title; anything else, as code."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the node."""
        titled = _TITLED.match(self.text)
        title, target = (self.text, self.text) if titled is None else titled.groups()
        name = self._entry(target.removeprefix("mailpaths."))
        if name is None:
            return [nodes.literal(self.text, self.text)], []
        plain = nodes.literal(title, title)
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

    def _entry(self, name: str) -> str | None:
        """Return the entry of a name, as the module in which it stands understands it."""
        module = str(self.env.ref_context.get("py:module") or "").removeprefix("mailpaths").removeprefix(".")
        for prefix in dict.fromkeys((f"{module}.", "", "x400.", "routing.", "pathservice.", "hooks.")):
            pieces = f"{prefix}{name}".removeprefix(".").split(".")
            for count in range(len(pieces), 0, -1):
                first, rest = ".".join(pieces[:count]), pieces[count:]
                if first in _ENTRIES:
                    entry, owner = _ENTRIES[first]
                elif first in mailpaths.__all__ and (first != "policy" or rest):
                    entry, owner = first, getattr(mailpaths, first)
                else:
                    continue
                if isinstance(owner, ModuleType) and rest and rest[0] not in owner.__all__:
                    continue  # what a module imports is not its own
                for part in rest:
                    owner = getattr(owner, part, None)
                if owner is None:
                    break
                # A field is told of in the class's own text.
                return entry if isinstance(owner, MemberDescriptorType) else ".".join([entry, *rest])
        return None


#: The rooms whose `Level` is one of a mapping table.
_WITH_LEVELS = {f"mailpaths.x400.{room}" for room in ("levels", "px", "px_records", "table_rows", "tables")}


def tell_levels(
    _app: Sphinx,
    _what: str,
    _name: str,
    owner: object,
    _options: object,
    signature: str | None,
    annotation: str | None,
) -> tuple[str | None, str | None] | None:
    """Write out the level of a mapping table, which has the name of another level that has an entry."""
    if getattr(owner, "__module__", None) not in _WITH_LEVELS:
        return None
    return _written_out(signature), _written_out(annotation)


def _written_out(text: str | None) -> str | None:
    return text if text is None else re.sub(r"\bLevel\b", "str | None", text)


def skip_places(_app: Sphinx, _what: str, _name: str, owner: object, _skip: object, _options: object) -> bool | None:
    """Leave out the fields of named tuples, of which Python itself says no more than their place."""
    return True if str(getattr(owner, "__doc__", "")).startswith("Alias for field number") else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of the above."""
    app.add_directive("policy-table", PolicyTable)
    app.add_directive("policy-sources", PolicySources)
    app.add_directive("switch-table", SwitchTable)
    app.add_directive("style-table", StyleTable)
    app.add_directive("defect-table", DefectTable)
    app.add_directive("reading-table", ReadingTable)
    app.add_directive("attribute-table", AttributeTable)
    app.add_directive("dialect-table", DialectTable)
    app.add_directive("dialect-sources", DialectSources)
    app.add_directive("cost-table", CostTable)
    app.add_directive("obstacle-table", ObstacleTable)
    app.add_directive("gateway-table", GatewayTable)
    app.add_directive("export-table", ExportTable)
    app.add_directive("code-table", CodeTable)
    app.add_role("own", OwnName())
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-signature", tell_levels)
    app.connect("autodoc-skip-member", skip_places)
    app.add_lexer("console", Console)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
