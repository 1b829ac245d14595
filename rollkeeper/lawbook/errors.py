# SPDX-License-Identifier: EUPL-1.2
"""What putting a law into force refuses."""

from rollkeeper.kernel.errors import Kind, Refusal

LAW_NOT_ADOPTED = Refusal(
    "law_not_adopted",
    Kind.REFUSED,
    "Two people have not yet adopted version {version} of the law {law}; the version before stays in force.",
    "Compare them with 'rollkeeper law diff'. Then two people run 'rollkeeper law adopt PACK --as USER'.",
)
NO_LAW_ON_THIS_DAY = Refusal(
    "no_law_on_this_day",
    Kind.NOT_FOUND,
    "No law was recorded for this instance on {day}.",
    "The record begins on the first day on which the instance ran: see 'rollkeeper law history'.",
)
NO_COUNTRY_FILE = Refusal(
    "no_country_file",
    Kind.NOT_FOUND,
    "The law {law} had no country file on that day.",
    "Shipped country files are those of the countries in 'rollkeeper law list'.",
)
