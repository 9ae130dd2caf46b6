"""The questions of the table: forms that people really wrote or testers really try, and short strings of the operators.

Only names of RFC 2606 and letters; no one's address. ``gw.example`` is the host that is asked.
"""

from __future__ import annotations

import itertools
import random

__all__ = ["CHOSEN", "questions"]

CHOSEN = r"""
user
Postmaster
user@gw.example
User@GW.Example
user@c.example
User@C.Example
user@c.example.
user@c.example..
user@host
user@localhost
a!user
a!b!user
a!b!c!user
host.example.com!user
a!host.example.com!user
a.UUCP!user
att.!Mark.Horton
a!user@c.example
a!b!user@host.example.com
a!user@gw.example
a!b!user@gw.example
gw.example!user
gw.example!a!user
gw.example!gw.example!a!user
GW!user
a!gw.example!user
user@a.UUCP
user%host
user%a%b
user%host.csnet@gw.example
user%host@c.example
user%a%b@gw.example
user%gw.example
user%gw.example@gw.example
user%a%gw.example%gw.example@gw.example
user%GW.EXAMPLE@localhost
user%host.
user%host.@gw.example
user%[192.0.2.1]@gw.example
a!user%host
a!b!user%host@gw.example
a!b!user%c.example@relay.example
user%a!b
user%host!gw.example
a.b!user%c@localhost
"u@h"@gw.example
"u%h"@gw.example
"a!u"@gw.example
"u@h"@c.example
"u%h"@c.example
"a!u"
"u@h"
"u@h"%c.example
"a!b"%host@gw.example
"a b"@gw.example
"a b"@c.example
"a b%h"@gw.example
"user"@c.example
"first".last@c.example
first."last"@gw.example
"a\"b"@c.example
"a\\b"@c.example
a\@b@c.example
""@c.example
""@gw.example
"unbalanced@c.example
user@a.com@gw.example
user@a.com@c.example
user@a@b@c
user@gw.example@gw.example
u@d@c@b@a
@gw.example
@c.example
user@
@
@a.example:user@b.example
@a.example,@b.example:user@c.example
@gw.example:user@c.example
@a.example:user%host@gw.example
@a.example:b!user
@a,@b:user
@[192.0.2.1]:user@c.example
user@[192.0.2.1]
user@[IPv6:2001:db8::1]
[192.0.2.1]!user
user@192.0.2.1
user@[host]
user@[127.0.0.1]
node::user
node::user@c.example
node::user@gw.example
1.23::user
node::a!user
a!node::user
host:user
a:b!user
a:b!user@gw.example
group:user@c.example;
user;
-user@c.example
-user
a!-user
user@-c.example
user@c-.example
user@c_d.example
.user@c.example
user.@c.example
first..last@c.example
user@.c.example
user@c..example
.
!user
a!
a!!user
%host
user%
user%%host
%@gw.example
!@gw.example
a@@c.example
a@@gw.example
user(comment)@c.example
(comment)user@c.example
user@c.example(comment)
user name@c.example
user @ c.example
a,b@c.example
a;b@c.example
user@c.example,d.example
/G=John/S=Smith/C=GB/@gw.example
user=host@c.example
user+tag@c.example
|program@c.example
\user@c.example
jörg@c.example
user@bücher.example
user@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example
user@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@c.example
""".strip("\n").split("\n")

_SHORT = ("a", "b", "!", "%", "@", ".")
_SAMPLED = 60


def _short_strings() -> list[str]:
    """Every string of three to five signs with an operator and no two letters in a row; ``b`` stands for the host
    itself once."""
    found: list[str] = []
    for length in (3, 4, 5):
        for signs in itertools.product(_SHORT, repeat=length):
            text = "".join(signs)
            letters = [sign.isalpha() for sign in signs]
            if (
                any(map(all, itertools.pairwise(letters)))
                or letters.count(True) < length // 2
                or not set("!%@") & set(text)
            ):
                continue
            found.append(text)
    return found


def questions() -> list[str]:
    """All questions, in the order of the table. The sample is the same every time."""
    short = _short_strings()
    sample = random.Random(822).sample(short, _SAMPLED)  # noqa: S311  # not a secret
    own = [text.replace("b", "gw.example") if number % 2 else text for number, text in enumerate(sample)]
    return list(dict.fromkeys([*CHOSEN, *own]))
