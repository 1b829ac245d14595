# SPDX-License-Identifier: EUPL-1.2
"""The portal's settings: how long a code and a session last, and how often one may try."""

from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.settings import Table, table


class Portal(Table):
    """The subscriber portal."""

    code_minutes: Annotated[int, Field(gt=0, le=60, description="Minutes for which a code is valid.")] = 10
    code_attempts: Annotated[int, Field(gt=0, le=10, description="Tries for one code.")] = 5
    codes_per_hour: Annotated[
        int,
        Field(
            gt=0,
            le=20,
            description="Codes to one line in an hour; twice this number in a day. `rollkeeper setup` applies it for codes by "
            "menu or counter.",
        ),
    ] = 3
    code_requests_per_hour: Annotated[
        int, Field(gt=0, description="Code requests of one source in an hour, for all numbers.")
    ] = 20
    unsent_codes_per_hour: Annotated[
        int,
        Field(
            ge=0,
            description="Code requests without a code, in an hour and for all numbers, that are entered in the ledger like those with "
            "one, so that its leaves do not tell which numbers are lines.",
        ),
    ] = 1000
    care_menu: Annotated[
        bool,
        Field(
            description="Whether the care number's voice menu gives codes to suspended lines (`rollkeeper codes by-call`); "
            "the portal then says so."
        ),
    ] = False
    handed_codes_per_hour: Annotated[
        int,
        Field(
            gt=0,
            description="Codes that this menu gives in an hour to all lines.",
        ),
    ] = 1000
    reserved_code_minutes: Annotated[
        int,
        Field(
            gt=0,
            le=60,
            description="Minutes for which a reserved code waits (`rollkeeper codes reserve`).",
        ),
    ] = 15
    reserved_codes_per_day: Annotated[
        int, Field(gt=0, le=20, description="Codes that staff reserve for one line in a day.")
    ] = 4
    session_minutes: Annotated[
        int, Field(gt=0, le=120, description="Minutes after which a portal session ends.")
    ] = 20
    letter_days: Annotated[
        int,
        Field(
            gt=0,
            le=60,
            description="Days for which a code by letter is valid; a line gets one letter in these days.",
        ),
    ] = 14
    letters_per_day: Annotated[
        int,
        Field(
            ge=0,
            description="Letters with codes in a day, for all lines; 0: none, and the portal offers none.",
        ),
    ] = 200
    new_line_days: Annotated[
        int | None,
        Field(
            ge=0,
            le=90,
            description="Days for which a new line opens nothing else of its subscriber. Unset: 14, in a demo instance 0.",
        ),
    ] = None
    sim_swap_days: Annotated[
        int, Field(ge=0, le=90, description="Days without codes after a SIM replacement.")
    ] = 3
    case_days: Annotated[
        int,
        Field(
            gt=0,
            le=366,
            description="Days within which a subscriber's case must be decided, unless the law gives fewer.",
        ),
    ] = 30
    forgery_case_days: Annotated[
        int,
        Field(
            gt=0,
            le=30,
            description="Days for two people to decide on a document that may be forged.",
        ),
    ] = 3


settings = table("portal", Portal)


def new_line_days() -> int:
    """Return for how many days a new line opens nothing of its subscriber but itself, in this instance."""
    chosen = settings().new_line_days
    if chosen is not None:
        return chosen
    return 14 if instance().kind is InstanceKind.PRODUCTION else 0
