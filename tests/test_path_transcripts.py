"""The transcripts of RFC 915, line for line, from a database of the hosts that they name."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from mailpaths.pathservice.reply import Reply
from mailpaths.pathservice.service import PathService
from mailpaths.routing import Chain, GatewayDomain, GatewayDomains, PathTable, Router
from tests.pathservers import calling, go, path, said, serving
from tests.support import VECTORS


class Transcript(NamedTuple):
    """What a user says and what a server says, in turns: whose line it is, and the line."""

    title: str
    lines: tuple[tuple[str, str], ...]

    @property
    def user(self) -> list[str]:
        return [line for who, line in self.lines if who == "U"]

    @property
    def server(self) -> list[str]:
        return [line for who, line in self.lines if who == "S"]


def read_transcripts() -> list[Transcript]:
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for line in (VECTORS / "rfc915_transcripts.txt").read_text(encoding="ascii").splitlines():
        if line.startswith("== "):
            found.append((line.removeprefix("== "), []))
        elif line and not line.startswith("#"):
            who, _, text = line.partition(": ")
            assert who in {"S", "U"}
            if not text.startswith("("):  # what happens
                found[-1][1].append((who, text))
    return [Transcript(title, tuple(lines)) for title, lines in found]


TRANSCRIPTS = read_transcripts()


def database() -> Router:
    """Return what the server of the RFC knew, as far as the RFC tells.

    A table of UUCP as pathalias prints it, seen from CMU; lists of the hosts of CSNET and MAILNET, which were two of
    the lists that the "Info-Nets" people kept (page 10); gateways of networks and domains.
    """
    uucp = PathTable.from_text(
        "inria\tSEISMO.ARPA!philabs!mcvax!inria!%s\n"
        "mcvax\tSEISMO.ARPA!philabs!mcvax!%s\n"
        "philabs\tSEISMO.ARPA!philabs!%s\n"
        "pitt\tSEISMO.ARPA!pitt!%s\n",
        name="UUCP",
    )
    csnet = PathTable.from_text(
        "dartmouth.CSNET\t%s%%dartmouth@CSNET-RELAY.ARPA\n"
        # "the name may be an alias"
        "dartvax.CSNET\t%s%%dartmouth@CSNET-RELAY.ARPA\n"
        "pitt.CSNET\t%s%%pitt@CSNET-RELAY.ARPA\n",
        name="CSNET",
    )
    mailnet = PathTable.from_text(
        "Carnegie.MAILNET\t%s%%Carnegie.MAILNET@MIT-MULTICS.ARPA\n"
        "CMU-CC-TE.CARNEGIE.MAILNET\t%s%%CMU-CC-TE%%CARNEGIE.MAILNET@MIT-MULTICS.ARPA\n",
        name="MAILNET",
    )
    gateways = [
        GatewayDomain(".csnet", ("CSNET-RELAY.ARPA",), becomes=""),
        GatewayDomain(".ac.uk", ("UCL-CS.ARPA",), becomes=""),
        GatewayDomain(".earnet", ("WISCVM.ARPA",)),
        GatewayDomain(".janet", ("UCL-CS.ARPA",), becomes=""),
        GatewayDomain(".cdnnet", ("CSNET-RELAY.ARPA", "ubc.csnet")),
    ]
    bitnet = GatewayDomains({".bitnet": "WISCVM.ARPA"}, known=())
    return Chain([bitnet, uucp, csnet, mailnet, GatewayDomains(gateways, known=())])


def as_printed(transcript: Transcript, lines: list[str]) -> list[str]:
    """Return a server's lines as the transcript has them.

    The greeting ends in a full stop on page 5 and in none on pages 8 and 9; the server says it with one.
    """
    greeting = "210-Welcome to the CMU network mail path service."
    assert lines[0] == greeting
    return [greeting.removesuffix(".") if "page 5" not in transcript.title else greeting, *lines[1:]]


def cmu() -> PathService:
    return PathService(database(), name="CMU", extensions=False)


def test_there_are_five_transcripts() -> None:
    assert [transcript.title.partition(":")[0] for transcript in TRANSCRIPTS] == ["page 5", "page 8", *["page 9"] * 3]
    assert sum(len(transcript.lines) for transcript in TRANSCRIPTS) == 39


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda transcript: transcript.title)
def test_a_transcript_without_a_socket(transcript: Transcript) -> None:
    octets = "".join([f"{line}\r\n" for line in transcript.user]).encode("ascii")
    *lines, end = said(cmu(), octets).decode("ascii").split("\r\n")
    assert (as_printed(transcript, lines), end) == (transcript.server, "")


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda transcript: transcript.title)
def test_a_transcript_over_a_socket_turn_by_turn(transcript: Transcript) -> None:
    async def test() -> tuple[list[tuple[str, str]], bytes]:
        found: list[tuple[str, str]] = []
        async with serving(cmu()) as server, calling(server, greeting=None) as talk:
            for who, line in transcript.lines:
                if who == "U":
                    talk.send(f"{line}\r\n".encode("ascii"))
                    found.append((who, line))
                else:
                    found.append((who, (await talk.reader.readuntil(b"\r\n")).decode("ascii").removesuffix("\r\n")))
            # The server closes the connection.
            return found, await talk.reader.read()

    turns, end = go(test)
    assert end == b""
    said_first = as_printed(transcript, [turns[0][1]])
    assert [("S", *said_first), *turns[1:]] == list(transcript.lines)


def test_the_examples_of_the_prose() -> None:
    service = cmu()
    # Page 2: "nedved@Carnegie.MAILNET" would be translated.
    assert path(service, "nedved@Carnegie.MAILNET") == Reply(220, "nedved%Carnegie.MAILNET@MIT-MULTICS.ARPA")
    # Page 1: addresses that are "common practice".
    assert path(service, "nedved@CMCCTF.BITNET") == Reply(220, "nedved%CMCCTF.BITNET@WISCVM.ARPA")


def test_the_command_alone_is_blind_to_case_and_so_are_hosts() -> None:
    service = cmu()
    expected = b"220 philabs!mcvax!inria!Root@SEISMO.ARPA\r\n"
    for line in (b"path Root@inria.uucp", b"PATH Root@INRIA.UUCP", b"Path\tRoot@Inria.Uucp \t", b"path Root@inria"):
        assert said(service, line + b"\r\n", greeting=False) == expected


def test_only_the_three_commands_of_the_rfc_and_no_abbreviation_of_them() -> None:
    service = cmu()
    for line in (b"PAT root@inria", b"HEL", b"Q", b"FROM mcvax", b"STAT", b"PATHS root@inria", b"SEAR"):
        verb = line.split()[0].decode()
        expected = f"501 Command '{verb}' not implemented. Try HELP.\r\n"
        assert said(service, line + b"\n", greeting=False).decode("ascii") == expected


def test_help_about_each_world_that_help_lists_comes_from_the_database() -> None:
    service = cmu()
    (listed,) = [
        line.removeprefix("200-    ").split(",")
        for line in said(service, b"HELP\r\n").decode("ascii").split("\r\n")
        if line.startswith("200-    ")
    ]
    told = {name: said(service, f"help {name}\r\n".encode(), greeting=False).decode("ascii") for name in listed}
    assert told == {
        "BITNET": "220-BITNET is a mail world.\r\n220 Over WISCVM.ARPA.\r\n",
        "UUCP": "220-UUCP is a mail world.\r\n220 4 hosts of a table.\r\n",
        "CSNET": "220-CSNET is a mail world.\r\n220 Over CSNET-RELAY.ARPA.\r\n",
        ".AC.UK": "220-.AC.UK is a mail world.\r\n220 Over UCL-CS.ARPA.\r\n",
        "EARNET": "220-EARNET is a mail world.\r\n220 Over WISCVM.ARPA.\r\n",
        "JANET": "220-JANET is a mail world.\r\n220 Over UCL-CS.ARPA.\r\n",
        "CDNNET": "220-CDNNET is a mail world.\r\n220 Over CSNET-RELAY.ARPA, then ubc.csnet.\r\n",
    }
