# SPDX-License-Identifier: EUPL-1.2
"""The settings of lines: when evidence of a declared hardship is asked for, and how much staff may look up and compare."""

from typing import Annotated

from pydantic import Field

from rollkeeper.kernel.setting_values import of_form
from rollkeeper.kernel.settings import OnPages, Table, table


class Lines(Table):
    """Lines and their clocks."""

    hardship_evidence_days: Annotated[
        int,
        Field(
            gt=0,
            le=3650,
            description="Days after which staff are reminded of a missing proof of hardship; nothing else follows.",
        ),
        OnPages(),
    ] = 30
    region_prefixes: Annotated[
        dict[
            Annotated[
                str,
                of_form(
                    r"\+[0-9]{1,14}",
                    form="write how numbers begin, with + and the country code, such as +91194",
                ),
            ],
            Annotated[str, Field(min_length=1, max_length=64)],
        ],
        Field(
            description='Regions of new lines by how numbers begin, such as `{"+91194" = "Jammu and Kashmir"}`.'
        ),
    ] = {}
    lookups_per_day: Annotated[
        int,
        Field(
            gt=0,
            description="Lines that one account looks up by number in 24 hours; more is an alarm. `rollkeeper setup` "
            "applies these limits.",
        ),
    ] = 500
    lookups_per_day_total: Annotated[
        int,
        Field(gt=0, description="The same for all staff."),
    ] = 50_000
    missed_lookups_per_day: Annotated[
        int,
        Field(gt=0, description="Of these, numbers that one account tries in vain."),
    ] = 60
    document_comparisons_per_day: Annotated[
        int,
        Field(
            gt=0,
            description="Documents that one account compares with recorded ones, likewise.",
        ),
    ] = 200
    document_comparisons_per_day_total: Annotated[
        int,
        Field(gt=0, description="The same for all staff."),
    ] = 20_000
    document_mismatches_per_day: Annotated[
        int,
        Field(
            gt=0,
            description="Of these, documents of one account that turned out to be others.",
        ),
    ] = 20


settings = table("lines", Lines)
