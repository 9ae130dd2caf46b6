"""Nobody is relayed for a stranger: every form that anybody tried, under every map, policy and kind of knowledge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailpaths import policy
from mailpaths.hooks import MAPS, Rewritten, Rules, Settings, Unchanged, X400Settings
from mailpaths.routing import PathTable, Router, SmartHost
from mailpaths.routing.chain import Chain
from mailpaths.x400 import Gateway, Tables
from tests.strangers import LISTED, VICTIMS, attempts
from tests.support import rows

NAMES = ("relay.example", "relay")
PLAIN = Settings(
    names=NAMES,
    next_hops=("host", "gamma"),
    domains=(LISTED, ".bitnet"),
    transports=((".uucp", "uucp:{next_hop}"), (".example", "smtp:[192.0.2.1]")),
    through_us=(".uucp", ".example"),
)
X400 = replace(
    PLAIN,
    x400=X400Settings(
        domain="relay.example",
        or_address="/PRMD=Gate/ADMD=X/C=US/",
        next_hop="x400.example",
        management_domains=("/PRMD=Acme/ADMD=X/C=US/",),
    ),
)
# Domains of X.400 that are listed, that are not, and that lead back to a host that is not.
GATEWAY = Gateway(
    Tables.parse(
        table1="PRMD$Acme.ADMD$X.C$US#acme.example#\nPRMD$evil.ADMD$x.C$us#evil.example#\n",
        table2="acme.example#PRMD$Acme.ADMD$X.C$US#\nevil.example#PRMD$evil.ADMD$x.C$us#\nevil#PRMD$evil.ADMD$x.C$us#\n",
    ),
    domain="relay.example",
    or_address="/PRMD=Gate/ADMD=X/C=US/",
)
TABLE = PathTable.from_text("seismo\tgamma!seismo!%s\n.example\tgamma!%s\n.bitnet\tgamma!%s\n")


def relayed(rules: Rules) -> list[str]:
    """Return what the rules would pass on, or ask for again, of all attempts."""
    found = []
    for victim in VICTIMS:
        for relay in NAMES:
            for attempt in attempts(victim, relay=relay):
                for name in MAPS:
                    decision = rules.rewrite(attempt.recipient, name)
                    if not isinstance(decision, Unchanged):
                        found.append(f"{attempt.id} {name} {attempt.recipient!r}: {decision}")
    return found


@pytest.mark.parametrize("policy_", policy.ALL, ids=str)
def test_under_every_policy(policy_: policy.Policy) -> None:
    assert relayed(Rules(replace(PLAIN, policy=policy_, bare_paths=True))) == []


@pytest.mark.parametrize(
    "policy_", [policy.INTERNET, policy.UUCP, policy.named("sendmail"), policy.named("postfix")], ids=str
)
def test_in_the_other_spelling(policy_: policy.Policy) -> None:
    assert relayed(Rules(replace(PLAIN, policy=policy_, style="hybrid", zone="", in_address=False))) == []


@pytest.mark.parametrize("gateway", [None, GATEWAY], ids=["no tables", "tables"])
def test_with_a_way_to_x400(gateway: Gateway | None) -> None:
    assert relayed(Rules(X400, gateway=gateway)) == []


def test_with_a_way_to_x400_and_no_list_of_management_domains() -> None:
    assert X400.x400 is not None
    open_to_none = replace(X400, x400=replace(X400.x400, management_domains=()))
    assert relayed(Rules(open_to_none, gateway=GATEWAY)) == []


@pytest.mark.parametrize(
    "router",
    [SmartHost("host"), TABLE, Chain((TABLE, SmartHost("gamma")))],
    ids=["smart host", "table", "table and smart host"],
)
@pytest.mark.parametrize("in_address", [True, False])
def test_with_somebody_who_knows_every_road(router: Router, *, in_address: bool) -> None:
    assert relayed(Rules(replace(X400, mapped=True, in_address=in_address), router=router, gateway=GATEWAY)) == []


def test_with_everybody_listed_but_the_victim() -> None:
    domains = (LISTED, ".bitnet", ".edu", "x", "x.example", "elsewhere.example", "localhost")
    assert relayed(Rules(replace(PLAIN, domains=domains, bare_paths=True))) == []


def test_with_nobody_listed() -> None:
    assert relayed(Rules(Settings(names=NAMES))) == []


# The tests above can fail.


def test_a_neighbour_is_reached_in_the_same_forms() -> None:
    rules = Rules(replace(PLAIN, bare_paths=True))
    public = [one for one in attempts("host") if one.id.startswith(("nmap", "maps", "radar"))]
    decisions = {one.id: rules.rewrite(one.recipient, "rcpt") for one in public}
    assert {name: one.value for name, one in decisions.items() if isinstance(one, Rewritten)} == {
        "nmap-06": "user@host.uucp",
        "nmap-13": "user@host.uucp",
        "nmap-14": "user@host.uucp",
        "nmap-16": "user@host.uucp",
        "maps-09": "nobody@host.uucp",
        "maps-14": "nobody@host.uucp",
    }


def test_x400_is_reached_in_the_same_forms() -> None:
    rules = Rules(X400)
    found = [rules.rewrite(f"/S=user/PRMD={name}/ADMD=X/C=US/@relay.example") for name in ("Acme", "evil")]
    assert found == [
        Rewritten("/S=user/PRMD=Acme/ADMD=X/C=US/@x400.example", "an O/R address for x400.example"),
        Unchanged("its management domain is not among x400.management_domains", refused=True),
    ]


def test_every_row_has_an_id_of_its_own_and_a_source() -> None:
    found = rows("hooks/open_relay.jsonl")
    assert len({row["id"] for row in found}) == len(found)
    assert [row["id"] for row in found if not row["source"]] == []
    assert [row["id"] for row in found if set(row) - {"id", "source", "sender", "template"}] == []
