# SPDX-License-Identifier: EUPL-1.2
"""The small parts that every chapter of a pack is made of: texts, durations, and the article behind a value.

Separate because all chapters of the schema share them. Everything is frozen, extra keys are refused, nothing is
converted: a number written as text is a fault.
"""

from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rollkeeper.kernel import choices
from rollkeeper.law import choices as law_choices

type Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
type PackId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
type Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]+)*$")]
type ArticleName = Annotated[str, Field(min_length=1, max_length=40)]
type Text = dict[Language, str]


class PackModel(BaseModel):
    """Part of a pack."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Citation(PackModel):
    """The article that a value rests on, with its own words.

    A value is confirmed by a reader's entry in `confirmations`, never here: `confirmed: false` can only take a confirmation away.
    """

    article: ArticleName
    source: str | None = None
    words: Text = Field(default_factory=dict)
    confirmed: bool = False


class CitedModel(PackModel):
    """A value that can hurt a person, or a question that must not be asked without a law."""

    because: Citation


type Unit = Literal["hour", "day", "working_day", "month", "year", "end_of_next_calendar_year"]


class Duration(PackModel):
    """A length of time as a statute writes it."""

    n: Annotated[int, Field(ge=0, le=100_000)]
    unit: Unit

    @model_validator(mode="after")
    def _within_a_century(self) -> Self:
        if self.n > {"month": 1200, "year": 100, "end_of_next_calendar_year": 100}.get(self.unit, self.n):
            raise ValueError("it is longer than a hundred years")
        return self


type Requirement = Literal["yes", "if_on_document", "optional", "forbidden"]
OTHER_SERVICES: Final = ("iot", "esim", "email")
"""Services that a law may name, although no register has lines of them."""
if TYPE_CHECKING:
    type Service = str
    type Payment = str
    type NoDocumentWay = str
    type IdentityCheck = str
    type IncidentDuty = str
    type CounterAct = str
else:
    Service = Literal[(*choices.Service.values, *OTHER_SERVICES)]
    Payment = Literal[choices.SAID_PAYMENTS]
    NoDocumentWay = Literal[tuple(law_choices.NoDocumentWay.values)]
    IdentityCheck = Literal[tuple(choices.IdentityCheck.values)]
    IncidentDuty = Literal[tuple(law_choices.IncidentDuty.values)]
    CounterAct = Literal[tuple(one.value for one in law_choices.CounterAct)]
type RegisteringAct = Literal[
    "register", "transfer", "install", "relocate", "change", "replace_sim", "port_in", "reactivate"
]
