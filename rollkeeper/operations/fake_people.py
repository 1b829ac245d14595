# SPDX-License-Identifier: EUPL-1.2
"""Invents people for demos: names and addresses in three scripts, single names among them, documents of no county.

The same seed gives the same people. No real person's number can result: the county code is unused, and the telephone numbers are
never dialled, since a demo instance's network is a file.
"""

import datetime as dt
import random
import tomllib
from dataclasses import dataclass
from importlib.resources import files

from stdnum.iso7064 import mod_11_2


@dataclass(frozen=True, slots=True)
class FakePerson:
    """One person who does not exist."""

    name: str
    address: str
    document_type: str
    document_number: str
    language: str


class FakePeople:
    """Makes people, firms and numbers out of the parts in ``data/fake_people.toml``."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - invention, not secrecy
        self._parts = tomllib.loads(
            (files("rollkeeper") / "operations" / "data" / "fake_people.toml").read_text("utf-8")
        )
        self._sequence = 0

    def person(self) -> FakePerson:
        """Invent one more person; no two share a document number."""
        script = self._dice.choices(["tibetan", "chinese", "latin"], [45, 40, 15])[0]
        number = self._passport() if script == "latin" else self._resident_card()
        return FakePerson(
            name=getattr(self, f"_{script}_name")(),
            address=f"{self._dice.choice(self._parts['places'][script])} {self._dice.randint(1, 400)}",
            document_type="passport" if script == "latin" else "cn-resident-card",
            document_number=number,
            language={"tibetan": "bo", "chinese": "zh-hans", "latin": "en"}[script],
        )

    def firm(self) -> str:
        """Invent the name of a firm."""
        return f"{self._dice.choice(self._parts['firms']['names'])} {self._dice.randint(1, 999)}"

    def _tibetan_name(self) -> str:
        # Many people have one name and no other.
        return "་".join(self._dice.sample(self._parts["names"]["tibetan"], self._dice.choice([1, 2, 2])))

    def _chinese_name(self) -> str:
        names = self._parts["names"]
        if self._dice.random() < 0.4:
            return "".join(self._dice.sample(names["chinese_transcribed"], self._dice.choice([1, 2])))
        return str(self._dice.choice(names["chinese_family"])) + str(
            self._dice.choice(names["chinese_given"])
        )

    def _latin_name(self) -> str:
        return str(self._dice.choice(self._parts["names"]["latin"]))

    def _resident_card(self) -> str:
        born = dt.date(1940, 1, 1) + dt.timedelta(days=self._dice.randrange(365 * 55))
        self._sequence += 1
        body = f"{self._parts['county_code']}{born:%Y%m%d}{self._sequence % 1000:03d}"
        return body + str(mod_11_2.calc_check_digit(body))

    def _passport(self) -> str:
        self._sequence += 1
        return f"X{self._sequence:08d}"
