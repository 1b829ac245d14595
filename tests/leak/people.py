# SPDX-License-Identifier: EUPL-1.2
"""Invents people of whom every value is unique in the world, and remembers each value that was ever invented.

Every name and address carries a token of letters, which survives being cut, joined or escaped; it is searched by itself
too. Nothing is short or orderly enough to be found by chance: numbers are random, and no token has digits.
"""

import datetime as dt
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from rollkeeper.law.attributes import LINE_ATTRIBUTES

NOBODYS_COUNTY = "549999"
SCRIPTS = (
    ("bo", ("བཀྲ་ཤིས་", "བསོད་ནམས་", "སྒྲོལ་མ་", "ཚེ་རིང་"), "ལྷ་ས་གྲོང་ཁྱེར་"),
    ("zh-hans", ("扎西", "卓玛", "次仁", "格桑"), "拉萨市虚构路"),
    ("en", ("Tashi ", "Sonam ", "Drolma ", "Tsering "), "Invented Road, Lhasa "),
)


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person with a line."""

    name: str
    address: str
    document_type: str
    document_number: str
    number: str
    email: str
    reference: str
    language: str
    iccid: str
    imsi: str
    point_of_sale: str
    installation_address: str

    def identity(self, *, address: bool = True) -> dict[str, str]:
        """Return what a registration asks."""
        found = {
            "name": self.name, "address": self.address, "document_type": self.document_type,
            "document_number": self.document_number,
        }  # fmt: skip
        return found if address else {key: value for key, value in found.items() if key != "address"}

    @property
    def document_state(self) -> str:
        """Return the state that a form asks for, empty where the document needs none. Files name none: it is shared by many people."""
        return "NPL" if self.document_type == "passport" else ""

    def line(self) -> dict[str, str]:
        """Return what the story's law asks of a line. A citizenship is shared by many people: it cannot be searched for."""
        return {name: getattr(self, name) for name in LINE_ATTRIBUTES}


class Inventor:
    """Makes people; `values` has each value of all of them with its class."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - invention, not secrecy
        self._made: set[str] = set()
        self._count = 0
        self.values: list[tuple[str, str]] = []

    def people(self, count: int) -> list[Person]:
        """Invent some people."""
        return [self.person() for _ in range(count)]

    def person(self) -> Person:
        """Invent one person, in one of three scripts."""
        language, names, place = SCRIPTS[self._count % len(SCRIPTS)]
        self._count += 1
        is_card = language != "en"
        return Person(
            name=self._with_token("name", self._dice.choice(names)),
            address=self._with_token("address", place),
            document_type="cn-resident-card" if is_card else "passport",
            document_number=self._fresh("document number", self._card if is_card else self._passport),
            number=self._fresh("telephone number", self._number),
            email=self._fresh("e-mail", lambda: f"{self._token()}@{self._token()}.example"),
            reference=self._fresh("operator's reference", lambda: f"K-{self._token()}"),
            language=language,
            iccid=self._fresh("number of a SIM card", self._sim_card),
            imsi=self._fresh("identity of a SIM", lambda: f"46000{self._dice.randrange(10**10):010d}"),
            point_of_sale=self._with_token("point of sale", "Invented Kiosk "),
            installation_address=self._with_token("address of a connection", place),
        )

    def _with_token(self, kind: str, before: str) -> str:
        token = self._fresh(f"token in a {kind}", self._token)
        value = before + token
        self.values.append((kind, value))
        return value

    def _fresh(self, kind: str, make: Callable[[], str]) -> str:
        value = next(value for value in iter(make, None) if value not in self._made)
        self._made.add(value)
        self.values.append((kind, value))
        return value

    def _token(self) -> str:
        return "".join(self._dice.choices(string.ascii_lowercase, k=11))

    def _card(self) -> str:
        born = dt.date(1940, 1, 1) + dt.timedelta(days=self._dice.randrange(365 * 50))
        body = f"{NOBODYS_COUNTY}{born:%Y%m%d}{self._dice.randrange(1000):03d}"
        return body + str(mod_11_2.calc_check_digit(body))

    def _passport(self) -> str:
        letters, digits = (self._dice.choices(of, k=5) for of in (string.ascii_uppercase, string.digits))
        return "".join(
            letters[:1] + [both for pair in zip(letters[1:], digits, strict=False) for both in pair]
        )

    def _sim_card(self) -> str:
        body = f"89860{self._dice.randrange(10**13):013d}"
        return body + luhn.calc_check_digit(body)

    def _number(self) -> str:
        return f"+86139{self._dice.randrange(10**8):08d}"


def with_service(people: list[Person]) -> Iterator[dict[str, Any]]:
    """Give rows of an operator's export: lines with what is declared about their subscribers."""
    for person in people:
        yield {
            "number": person.number, "since": "2009-04-01", "language": person.language, "email": person.email,
            "reference": person.reference, **person.identity(), **person.line(),
        }  # fmt: skip


def without_subscriber(people: list[Person]) -> Iterator[dict[str, Any]]:
    """Give rows of an export that says nothing about the subscribers."""
    for row in with_service(people):
        yield row | {"name": "", "address": "", "document_type": "", "document_number": ""}


def firm(person: Person) -> dict[str, str]:
    """Return what a registration asks about a company of this name."""
    return person.identity() | {"document_type": "other"}
