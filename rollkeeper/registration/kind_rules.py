# SPDX-License-Identifier: EUPL-1.2
"""What a kind of subscriber needs besides its attributes: a document that the law accepts, looked over, an age, and a last day. Pure.

Staff look at the accepted document and at the other proofs, such as a company's; which they were is not recorded.
"""

import datetime as dt

from rollkeeper.documents.rules import normalise_type
from rollkeeper.kernel.choices import Payment
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.calendars import add_months
from rollkeeper.law.kinds import AuthorityProof, IdentityChecks
from rollkeeper.law.limit_rules import LimitRule
from rollkeeper.law.pack import Pack
from rollkeeper.lines.queries import LineView
from rollkeeper.registration.errors import (
    AUTHORITY_NOT_SHOWN,
    CHECK_NOT_ACCEPTED,
    DOCUMENT_NOT_ACCEPTED,
    DOCUMENT_NOT_LOOKED_OVER,
    INVALID_VALUE,
    MISSING_ATTRIBUTE,
    OF_AGE,
    TOO_YOUNG,
    UNKNOWN_ATTRIBUTE,
)
from rollkeeper.registration.rules import clean
from rollkeeper.registration.submissions import (
    LINES_ELSEWHERE,
    NEW_TENURE_KINDS,
    RegistrationKind,
    Submission,
)
from rollkeeper.subscribers.choices import PartyRole

LAST_DAY = "last_day"
LOOKED_OVER = "looked_over"
IDENTITY_CHECK = "identity_check"
AUTHORITY_SHOWN = "authority_shown"
_WHY_CHECK = "the law has the identity verified by one of several checks"
_WHY = "the law has the registration of this kind of subscriber end with it"


def national_limit(
    pack: Pack, kind: str, *, action_kind: RegistrationKind, remote: bool = False
) -> LimitRule | None:
    """Return the limit that, at this act, also counts a subscriber's lines with other operators; None: the number is not asked."""
    takes = action_kind in NEW_TENURE_KINDS
    found = (
        rule
        for rule in pack.limits
        if rule.is_national
        and kind in rule.concerned
        and rule.stops(remote=remote)
        and (takes or rule.asks_payment)
    )
    return next(found, None)


def counts_elsewhere(pack: Pack, kind: str, line: LineView) -> bool:
    """Tell whether a limit counts lines with other operators when a subscriber of this kind registers this line remotely.

    It does not for a line older than the law: such a line is always accepted.
    """
    rule = national_limit(pack, kind, action_kind=RegistrationKind.REGISTER, remote=True)
    return (
        rule is not None
        and line.activated_on >= pack.file.valid.begins
        and rule.concerns(
            kind, line.service.value, line.payment.value, activated_on=line.activated_on, region=line.region
        )
    )


def elsewhere_faults(
    pack: Pack, submission: Submission, *, action_kind: RegistrationKind
) -> list[RollkeeperError]:
    """Return a fault if a file gives the number of lines with other operators although the law does not ask for it."""
    if submission.lines_elsewhere is None or submission.document_seen:
        return []
    if national_limit(pack, submission.asked_as, action_kind=action_kind, remote=submission.self_declared):
        return []
    return [UNKNOWN_ATTRIBUTE(attribute=LINES_ELSEWHERE, part=PartyRole.SUBSCRIBER.key, asked="nothing")]


def faults_of_kind(
    pack: Pack, submission: Submission, *, action_kind: RegistrationKind, payment: Payment, on: dt.date
) -> list[RollkeeperError]:
    """Return why the subscriber may not be recorded as this kind: because of the document, the check or the age."""
    return [
        *document_faults(pack, submission),
        *check_faults(pack, submission, action_kind=action_kind, payment=payment),
        *authority_faults(pack, submission, action_kind=action_kind),
        *age_faults(pack, submission, on=on, is_new=action_kind in NEW_TENURE_KINDS),
        *elsewhere_faults(pack, submission, action_kind=action_kind),
    ]


def document_faults(pack: Pack, submission: Submission) -> list[RollkeeperError]:
    """Return why the subscriber's document is not accepted. A document that is only declared is checked against the list alone."""
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


def age_faults(pack: Pack, submission: Submission, *, on: dt.date, is_new: bool) -> list[RollkeeperError]:
    """Return why a person of this age may not be registered as this kind; a missing or wrong date of birth is another fault.

    For an existing registration, only one thing matters: whether its last day, which is at majority, is over. Nothing extends that day.
    """
    rule, part = pack.age(submission.asked_as), PartyRole.SUBSCRIBER
    born = _born(submission)
    if rule is None or born is None:
        return []
    where = {"part": part.key, "attribute": "birth_date", "article": rule.article}
    if not is_new:
        ends = pack.last_day(submission.asked_as)
        last = ends.last_day(on, born=born) if ends and ends.majority else None
        return [OF_AGE(age=rule.majority, **where)] if last and on > last else []
    if rule.least and on < _birthday(pack, born, rule.least):
        return [TOO_YOUNG(age=rule.least, **where)]
    if rule.majority and on >= _birthday(pack, born, rule.majority):
        return [OF_AGE(age=rule.majority, **where)]
    return []


def offered_checks(pack: Pack, kind: str) -> IdentityChecks | None:
    """Return the checks by which the identity of this kind may be verified, for any kind of payment; None: the law names none."""
    rules = [rule for payment in Payment if (rule := pack.checks(kind, payment=payment.value))]
    methods = dict.fromkeys(method for rule in rules for method in rule.methods)
    return IdentityChecks(tuple(methods), rules[0].article) if rules else None


def is_check_asked(pack: Pack, action_kind: RegistrationKind) -> bool:
    """Tell whether an act needs a check: it begins a tenure, or the law names it. At other acts a check may be recorded but is not required."""
    return action_kind in NEW_TENURE_KINDS or pack.act_article(action_kind.value) is not None


def check_faults(
    pack: Pack, submission: Submission, *, action_kind: RegistrationKind, payment: Payment
) -> list[RollkeeperError]:
    """Return why the identity check is not enough. It is required when staff register; not for a person's own declaration, in a file, or for
    a person without a document.
    """
    said, part = submission.identity_check, PartyRole.SUBSCRIBER.key
    if said and not submission.document_seen and offered_checks(pack, submission.asked_as) is None:
        return [UNKNOWN_ATTRIBUTE(attribute=IDENTITY_CHECK, part=part, asked="nothing")]
    rule = None if submission.route else pack.checks(submission.asked_as, payment=payment.value)
    if rule is None or said in rule.methods:
        return []
    if said:
        accepted = ", ".join(rule.methods)
        return [
            CHECK_NOT_ACCEPTED(part=part, attribute=IDENTITY_CHECK, article=rule.article, accepted=accepted)
        ]
    if not submission.document_seen or not is_check_asked(pack, action_kind):
        return []
    return [MISSING_ATTRIBUTE(attribute=IDENTITY_CHECK, part=part, article=rule.article, why=_WHY_CHECK)]


def noted_check(pack: Pack, submission: Submission, *, payment: Payment) -> str | None:
    """Return the identity check to record; None if the law asks for none."""
    rule = None if submission.route else pack.checks(submission.asked_as, payment=payment.value)
    return submission.identity_check.value if rule and submission.identity_check else None


def asked_proof(pack: Pack, kind: str, *, action_kind: RegistrationKind) -> AuthorityProof | None:
    """Return the proof that the bearer of a subscriber of this kind must show at this action; None: nothing."""
    return pack.authority_proof(kind) if is_check_asked(pack, action_kind) else None


def authority_faults(
    pack: Pack, submission: Submission, *, action_kind: RegistrationKind
) -> list[RollkeeperError]:
    """Return what is wrong with the bearer's proof, at a counter or in a file. A file must not give a proof that no law requires."""
    said, part = submission.authority_shown, PartyRole.SUBSCRIBER.key
    rule = asked_proof(pack, submission.asked_as, action_kind=action_kind)
    if rule and not said:
        return [AUTHORITY_NOT_SHOWN(part=part, attribute=AUTHORITY_SHOWN, article=rule.article)]
    if said and not rule and not submission.document_seen:
        return [UNKNOWN_ATTRIBUTE(attribute=AUTHORITY_SHOWN, part=part, asked="nothing")]
    return []


def noted_proof(pack: Pack, submission: Submission, *, action_kind: RegistrationKind) -> bool:
    """Tell whether to record that the bearer of a company showed the proof: only if the law requires it."""
    rule = asked_proof(pack, submission.asked_as, action_kind=action_kind)
    return rule is not None and submission.authority_shown


def good_through(
    pack: Pack, submission: Submission, *, on: dt.date
) -> dt.date | list[RollkeeperError] | None:
    """Return the last day of the registration, None if it has none; or what is wrong with the day given."""
    rule, said, part = pack.last_day(submission.asked_as), submission.last_day, PartyRole.SUBSCRIBER.key
    if rule is None or not rule.is_read:
        if said:
            return [UNKNOWN_ATTRIBUTE(attribute=LAST_DAY, part=part, asked="nothing")]
        return rule.last_day(on, born=_born(submission)) if rule else None
    # Without a document there is no last day on it; the law limits the time of this way.
    if submission.route:
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


def _born(submission: Submission) -> dt.date | None:
    """Return the subscriber's day of birth as it would be recorded; None if none was given, or if it is not a date."""
    given = submission.parts.get(PartyRole.SUBSCRIBER, {}).get("birth_date")
    return _day(clean(given)) if isinstance(given, str) else None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if len(text) == len("2012-01-01") else None
    except ValueError:
        return None
