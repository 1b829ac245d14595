# SPDX-License-Identifier: EUPL-1.2
"""What a kind of subscriber needs besides its attributes: a document that the law accepts, looked over, an age, and a last day. Pure.

Which document was accepted and what was shown with it is looked at and not recorded.
"""

import datetime as dt

from rollkeeper.documents.rules import normalise_type
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.calendars import add_months
from rollkeeper.law.pack import Pack
from rollkeeper.registration.errors import (
    DOCUMENT_NOT_ACCEPTED,
    DOCUMENT_NOT_LOOKED_OVER,
    INVALID_VALUE,
    MISSING_ATTRIBUTE,
    OF_AGE,
    TOO_YOUNG,
    UNKNOWN_ATTRIBUTE,
)
from rollkeeper.registration.submissions import Submission
from rollkeeper.subscribers.choices import PartyRole

LAST_DAY = "last_day"
LOOKED_OVER = "looked_over"
_WHY = "the law has the registration of this kind of subscriber end with it"


def document_faults(pack: Pack, submission: Submission) -> list[RollkeeperError]:
    """Return why the subscriber's document does not do. What is only declared is compared with the list alone."""
    accepted, part = pack.documents(submission.asked_as), PartyRole.SUBSCRIBER
    given = submission.parts.get(part, {})
    if not accepted or not given.get("document_number"):
        return []
    kind = normalise_type(given.get("document_type") or "other")
    rule = next((one for one in accepted if one.covers(kind)), None)
    if rule is None:
        listed = ", ".join(dict.fromkeys(one.type for one in accepted))
        return [
            DOCUMENT_NOT_ACCEPTED(
                part=part.key, attribute="document_type", article=accepted[0].article, accepted=listed
            )
        ]
    if rule.is_looked_over and submission.document_seen and not submission.looked_over:
        return [DOCUMENT_NOT_LOOKED_OVER(part=part.key, attribute=LOOKED_OVER, article=rule.article)]
    return []


def age_faults(pack: Pack, submission: Submission, *, on: dt.date) -> list[RollkeeperError]:
    """Return why a person of this age is not registered as this kind; a date of birth that is missing or wrong is another fault."""
    rule, part = pack.age(submission.asked_as), PartyRole.SUBSCRIBER
    born = _day(submission.parts.get(part, {}).get("birth_date") or "")
    if rule is None or born is None:
        return []
    where = {"part": part.key, "attribute": "birth_date", "article": rule.article}
    if rule.least and on < _birthday(pack, born, rule.least):
        return [TOO_YOUNG(age=rule.least, **where)]
    if rule.majority and on >= _birthday(pack, born, rule.majority):
        return [OF_AGE(age=rule.majority, **where)]
    return []


def good_through(
    pack: Pack, submission: Submission, *, on: dt.date
) -> dt.date | list[RollkeeperError] | None:
    """Return through which day the registration is good, None if without an end; or what is wrong with the day given."""
    rule, said, part = pack.last_day(submission.asked_as), submission.last_day, PartyRole.SUBSCRIBER.key
    if rule is None or rule.days is not None:
        if said:
            return [UNKNOWN_ATTRIBUTE(attribute=LAST_DAY, part=part, asked="nothing")]
        return rule.last_day(on) if rule else None
    if submission.route:  # no document, hence no day on one; the way has a time of its law
        return None
    if not said:
        return [MISSING_ATTRIBUTE(attribute=LAST_DAY, part=part, article=rule.article, why=_WHY)]
    day = _day(said)
    if day is None or day < on:
        why = "no day from today on, written as YYYY-MM-DD"
        return [INVALID_VALUE(attribute=LAST_DAY, part=part, value_class=why)]
    return day


def _birthday(pack: Pack, born: dt.date, age: int) -> dt.date:
    is_next = pack.file.calendar.month_overflow == "first_of_next"
    return add_months(born, 12 * age, overflows_to_next_month=is_next)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if len(text) == len("2012-01-01") else None
    except ValueError:
        return None
