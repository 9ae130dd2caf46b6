"""``mailpaths x400``: what there is to see of X.400's own texts and tables."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import click

from mailpaths.cli import layout, options, streams
from mailpaths.errors import ConversionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence, Sized

    from mailpaths.addresses.dialects import Dialect
    from mailpaths.cli.shown import Shown
    from mailpaths.x400 import Level, Tables

    # The number of a line, ``None`` for an argument or a file, and what is shown of it.
    _Numbered = tuple[int | None, Shown]

__all__ = ["x400"]

_Made = TypeVar("_Made")

# More than any certificate: a file that has no end is none.
_MOST_BYTES = 1_000_000

_SHOW_EPILOG = f"""\b
Examples:
  $ mailpaths x400 show 'IMCEAX400-c=US+3Ba=X+3Bo=PARIS+3Bs=user+3B@host.example.com'
  IMCEAX400-c=US+3Ba=X+3Bo=PARIS+3Bs=user+3B@host.example.com

\b
  An encapsulation of Exchange, IMCEA ([MS-OXCMAIL] 2.1.3.1.8)
    type     X400
    address  c=US;a=X;o=PARIS;s=user;
    domain   host.example.com

\b
  Written as an X.400 O/R address, dialect exchange (Microsoft: the X400 proxy address)
    C     country                           US
    ADMD  administration management domain  X
    O     organization                      PARIS
    S     surname                           user
    form  mnemonic

\b
  In every dialect
    mixer             /S=user/O=PARIS/ADMD=X/C=US/
    f401              S=user; O=PARIS; A=X; C=US
    f401-slash        /S=user/O=PARIS/A=X/C=US
    f401-table        S  user
                      O  PARIS
                      A  X
                      C  US
    self-explanatory  Surname (S)       user
                      Organization (O)  PARIS
                      ADMD (A)          X
                      Country (C)       US
    exchange          X400:c=US;a=X;o=PARIS;s=user;
    ean               S=user; O=PARIS; ADMD=X; C=US
    rare              C=US; ADMD=X; O=PARIS; S=user
    dmn-or            S$user.O$PARIS.PRMD$@.ADMD$X.C$US
    px                no: px names C, ADMD, PRMD, O and OU in printable form, not S

\b
  $ mailpaths x400 show --to f401 'IMCEAX400-c=US+3Ba=X+3Bo=PARIS+3Bs=user+3B@host.example.com'
  S=user; O=PARIS; A=X; C=US

An ADDRESS is any text of the X.400 world: an O/R address in any dialect, a mailbox IMCEA… of Exchange, a line of
proxyAddresses (X400:, SMTP:, X500: and so on), a legacy DN (/o=…/cn=…), the name in a PX record, a mailbox with an O/R
address before its '@', a telephone address (FAX=+…).

With --to an address is one line, that of its O/R address, and one that has none an empty line, with the reason on
standard error.

With --json, "status" is "ok", "invalid" (there are violations) or "error"; "output" is the O/R address in the dialect
of --to, mixer if none is given (or a legacy DN as X500:, or a mailbox); "wrapping" says what it stood in, "dialects"
how it is written in each, or why not; "attributes", "dialect", "forms", "level", "violations" and "aftn" (the
indicator, of an address of aviation's AMHS) hold the rest.

{options.ADDRESSES_HELP}

{options.DIALECTS_HELP}

\b
Levels of the violations:
  rfc       X.402 and X.411 as written
  deployed  what real systems sent and took
  exchange  what Exchange takes in a proxy address

{options.STATUS_HELP} With --check a violation is bad input. 69 where --certificate needs the extra x509."""

_TABLES_EPILOG = """\b
Example:
  $ mailpaths x400 tables gateway/
  table1: 2 rows
  table2: 1 row
  gate1: 0 rows
  gate2: 0 rows
  gateway/table2.txt:3: error: expected domain#O/R address# (RFC 2156 appendix F)

A row with an error is left out by a gateway, one with a warning is kept. The files are those of translate --tables.

Exit status: 0; 65 when some row has an error; 66 when the directory cannot be read or has no table; 64 for a wrong
call."""


@click.group(
    epilog="""\b
Example:
  $ mailpaths x400 show --to f401 '/S=Doe/OU=Sales/O=Acme/ADMD=X/C=US/'
  S=Doe; O=Acme; OU1=Sales; A=X; C=US""",
    no_args_is_help=False,
    short_help="Show what X.400's own texts and tables say.",
)
def x400() -> None:
    """Show what the texts of X.400 mean: addresses in every dialect, Exchange's wrappings, mapping tables."""


@x400.command(epilog=_SHOW_EPILOG, short_help="Show what each ADDRESS is, and write it in every dialect.")
@options.addresses
@click.option(
    "--dialect",
    callback=options.dialect,
    shell_complete=options.complete_dialect,
    metavar="DIALECT",
    help="Read each ADDRESS as an O/R address in this dialect, whatever it looks like.",
)
@click.option(
    "--to",
    callback=options.dialect,
    shell_complete=options.complete_dialect,
    metavar="DIALECT",
    help="Write nothing but the O/R address in this dialect, one a line.",
)
@click.option(
    "--level",
    type=click.Choice(["rfc", "deployed", "exchange"]),
    default="rfc",
    show_default=True,
    help="Whose rules an address may break: see below.",
)
@click.option("--check", is_flag=True, help="A violation of these rules is bad input: exit status 65.")
@click.option(
    "--certificate",
    "certificates",
    multiple=True,
    shell_complete=options.file,
    metavar="FILE",
    help="Show the O/R addresses in an X.509 certificate, PEM or DER; may be given several times.",
)
@options.as_json
@options.quiet
def show(  # noqa: PLR0913 - one parameter an option
    *,
    addresses: Sequence[str],
    dialect: Dialect | None,
    to: Dialect | None,
    level: Level,
    check: bool,
    certificates: Sequence[str],
    as_json: bool,
    quiet: bool,
) -> int:
    """Show what each ADDRESS of X.400's world is: its attributes, what is wrong with it, and every way to write it."""
    octets = [(file, _octets(file)) for file in certificates]
    texts = [] if certificates and not addresses else streams.inputs(addresses)
    output = streams.Output()
    found = _all(octets, texts, dialect, level)
    if as_json:
        status = _write_rows(found, output, to, check=check)
    elif to is not None:
        status = _write_lines(found, output, to, check=check, quiet=quiet)
    else:
        status = _write_blocks(found, output, check=check, quiet=quiet)
    output.flush()
    return status


def _write_rows(every: Iterable[_Numbered], output: streams.Output, to: Dialect | None, *, check: bool) -> int:
    """Write a JSON object for each and return the exit status."""
    status = streams.OK
    for _number, found in every:
        row, shown = _made(found, partial(_row, to=to))
        output.json(row)
        if row["status"] == "error" or (check and not shown.sound):
            status = max(status, streams.BAD_INPUT if shown.error is None else streams.status(shown.error))
    return status


def _write_lines(every: Iterable[_Numbered], output: streams.Output, to: Dialect, *, check: bool, quiet: bool) -> int:
    """Write the O/R address of each in the dialect, an empty line where there is none, and return the exit status."""
    status = streams.OK
    write = output.paragraph if to.shape == "columns" else output.line
    for number, found in every:
        remarks: list[str] = []
        try:
            line = found.line(to)
        except Exception as error:  # noqa: BLE001 - a batch never stops, not even at a fault of mailpaths
            status = max(status, streams.status(error))
            line = ""
            remarks = [streams.complaint(error, found.text, number)]
        else:
            if check and not found.sound:
                status = max(status, streams.BAD_INPUT)
                remarks = [streams.remark(str(one), found.text, number) for one in found.violations]
        write(line)
        for remark in [] if quiet else remarks:
            output.complain(remark)
    return status


def _write_blocks(every: Iterable[_Numbered], output: streams.Output, *, check: bool, quiet: bool) -> int:
    """Write all that is known of each and return the exit status."""
    status = streams.OK
    lay_out = layout.block(output)
    for place, (number, found) in enumerate(every):
        block, shown = _made(found, lambda one: lay_out(one.text, one.sections()))
        output.block(f"\n{block}" if place else block)
        if shown.error is not None:
            status = max(status, streams.status(shown.error))
            if not quiet and not output.is_terminal:
                # Where the block goes to the terminal, the fault stands in it.
                output.complain(streams.complaint(shown.error, shown.text, number))
        elif check and not shown.sound:
            status = max(status, streams.BAD_INPUT)
    return status


def _row(found: Shown, *, to: Dialect | None) -> dict[str, object]:
    return found.row(to)


def _made(found: Shown, make: Callable[[Shown], _Made]) -> tuple[_Made, Shown]:
    """Return what is written of one, and this one, which is a failure where the making failed."""
    try:
        return make(found), found
    except Exception as error:  # noqa: BLE001 - a batch never stops, not even at a fault of mailpaths
        failure = found.failing(error)
        return make(failure), failure


@x400.command(epilog=_TABLES_EPILOG, short_help="Check the mapping tables of a directory.")
@click.argument("found", callback=options.read_tables, shell_complete=options.directory, metavar="DIR")
@click.option(
    "--px",
    is_flag=True,
    help="Write the rows as PX records (RFC 2163), lines of a zone file; faults go to standard error.",
)
@options.as_json
def tables(*, found: Tables, px: bool, as_json: bool) -> int:
    """Check the mapping tables of a gateway: every row that breaks a rule of RFC 2156 appendix F, and how many stay."""
    if px and as_json:
        raise click.UsageError("--px writes lines of a zone file, and --json something else: one of the two")
    output = streams.Output()
    status = streams.OK if all(fault.kept for fault in found.faults) else streams.BAD_INPUT
    counts = {name: len(cast("Sized", getattr(found, name))) for name in ("table1", "table2", "gate1", "gate2")}
    faults = [streams.visible(str(fault)) for fault in found.faults]
    if px:
        from mailpaths.x400.px import records

        try:
            lines = [str(record) for record in records(found)]
        except ConversionError as error:
            output.complain(streams.complaint(error, "", None))
            return streams.BAD_INPUT
        for line in lines:
            output.line(line)
        for fault in faults:
            output.complain(fault)
    elif as_json:
        output.json(
            {
                "rows": counts,
                "faults": [
                    {"file": one.file, "line": one.line, "kept": one.kept, "message": one.message}
                    for one in found.faults
                ],
            }
        )
    else:
        for name, count in counts.items():
            output.line(f"{name}: {count} row{'' if count == 1 else 's'}")
        for fault in faults:
            output.line(fault)
    output.flush()
    return status


def _all(
    octets: Iterable[tuple[str, bytes]], texts: Iterable[streams.Input], dialect: Dialect | None, level: Level
) -> Iterator[_Numbered]:
    """Yield what is shown, with the number of its line: the certificates first, then the texts."""
    from mailpaths.cli import shown

    for file, content in octets:
        try:
            names = shown.certificate(file, content, level)
        except ModuleNotFoundError as error:
            raise streams.UnavailableError(str(error)) from error
        for name in names:
            yield None, name
    for one in texts:
        try:
            yield one.number, shown.show(one.sound(), dialect, level)
        except Exception as error:  # noqa: BLE001 - a batch never stops, not even at a fault of mailpaths
            yield one.number, shown.failed(one.text, error)


def _octets(file: str) -> bytes:
    try:
        with Path(options.native(file)).open("rb") as opened:
            octets = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise streams.NoInputError(f"{file}: cannot be read: {error.strerror}") from error
    if len(octets) > _MOST_BYTES:
        raise streams.NoInputError(f"{file}: more than {_MOST_BYTES:,} octets, and so no certificate")
    return octets
