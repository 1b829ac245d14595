# SPDX-License-Identifier: EUPL-1.2
"""What may be recorded: exactly the attributes that the pack asks, of exactly the parts that it names. Pure."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from rollkeeper.documents.rules import check_number, normalise_type
from rollkeeper.documents.verdicts import Reason, Verdict, worst
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.normal_form import normal_form, unturned
from rollkeeper.law.attributes import LINE_ATTRIBUTES, fault_of, written
from rollkeeper.law.kinds import Attribute, RouteRule
from rollkeeper.law.pack import Pack
from rollkeeper.law.rules import Allowed, Decision, Refused
from rollkeeper.registration.errors import (
    DOCUMENT_DOUBTFUL,
    INVALID_SUBMISSION_KEY,
    INVALID_VALUE,
    MISSING_ATTRIBUTE,
    PART_MISSING,
    PART_NOT_ASKED,
    PARTY_NOT_COVERED,
    UNKNOWN_ATTRIBUTE,
    DocumentNeedsSupervisor,
    InvalidDocumentNumber,
)
from rollkeeper.registration.submissions import Submission
from rollkeeper.subscribers.choices import PARTY_ROLES, PartyRole, pack_kind

GREATEST_VALUE_LENGTH = 2000
"""Longer than any real name or address; a longer value is a mistake or an attack."""
FARTHEST_PAUSE_YEARS = 10
"""A declared pause that begins or ends farther away is a typing mistake, such as the year 12 or 2102."""

_KEY = re.compile(r"[A-Za-z0-9_:.-]{8,100}", re.ASCII)
_RANDOM_KEY = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", re.ASCII)
_SHOWABLE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)

# Control characters except tab and line ends, and halves of surrogate pairs: no document has them.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

type AskedOf = Callable[[str, str, PartyRole], tuple[Attribute, ...]]
"""A function that returns what the pack asks for a service, a kind of party and a part."""


@dataclass(frozen=True, slots=True, repr=False)
class ReadPart:
    """One part of a registration, read and checked. The values are exactly the attributes asked for."""

    values: Mapping[str, str]
    document: tuple[str, str] | None
    """Type and normalised number, by which the person is found again."""
    verdict: Verdict


@dataclass(frozen=True, slots=True, repr=False)
class ReadParts:
    """All parts of a registration that may be recorded."""

    parts: Mapping[PartyRole, ReadPart]
    verdict: Verdict = field(default=Verdict.VALID)
    route: RouteRule | None = None
    """The way by which a subscriber who shows no document is registered."""
    good_through: dt.date | None = None
    """The last day of the registration, if it has one."""
    identity_check: str | None = None
    """The check by which the identity was verified, if the law names checks."""
    authority_shown: bool = False
    """The person who acts for the company showed the proof that the law requires."""


def asked(pack: Pack) -> AskedOf:
    """Return a function that tells what the pack asks for a service, a kind of party and a part; it computes each answer once."""
    return cache(lambda service, kind, part: pack.attributes(service, pack_kind(kind, part)))


def asked_of_line(ask_of: AskedOf, *, payment: str, is_remote: bool, demands_line: bool = True) -> AskedOf:
    """Return the same function for a line with this kind of payment, registered remotely or not.

    `demands_line`: False if attributes of the line are not required, since they are already recorded or the subscriber has left.
    """
    return lambda service, kind, part: tuple(
        one if demands_line or not one.is_of_line else one.as_recorded
        for one in ask_of(service, kind, part)
        if one.is_asked(payment=payment, is_remote=is_remote)
    )


def usable_of_line(
    given: Mapping[str, str], attributes: Sequence[Attribute], *, on: dt.date
) -> dict[str, str]:
    """Return the values given, without attributes of the line that are not asked or cannot be recorded."""
    asked = {one.name for one in attributes}
    return {
        name: value
        for name, value in given.items()
        if name not in LINE_ATTRIBUTES or (name in asked and not fault_of_value(name, value, on=on))
    }


def read_parts(
    ask_of: AskedOf, *, submission: Submission, service: str, pack_id: str, on: dt.date
) -> ReadParts | list[RollkeeperError]:
    """Return the parts as they may be recorded, or every fault in them."""
    ask = partial(ask_of, service, submission.asked_as)
    given = {part: values for part, values in submission.parts.items() if not _is_left_out(values, ask(part))}
    faults = _wrong_key(submission) + _wrong_contact(submission, on=on) + _wrong_parts(submission, given, ask)
    if not ask(PartyRole.SUBSCRIBER):
        return [*faults, PARTY_NOT_COVERED(pack=pack_id, party=submission.asked_as, service=service)]
    read: dict[PartyRole, ReadPart] = {}
    for part in PARTY_ROLES[submission.kind]:
        if part in given:
            found = read_part(part, given=given[part], attributes=ask(part), on=on)
            if isinstance(found, ReadPart):
                read[part] = found
            else:
                faults += found
    return faults or ReadParts(read, worst(*(part.verdict for part in read.values())))


def doubtful_documents(parts: ReadParts, *, on: dt.date) -> list[RollkeeperError]:
    """Return the documents at which a clerk must look once more before they are recorded."""
    return [
        DOCUMENT_DOUBTFUL(part=part.key, reasons=", ".join(check_number(*read.document, on).reasons))
        for part, read in parts.parts.items()
        if read.verdict is Verdict.DOUBTFUL and read.document
    ]


def needs_supervisor(parts: ReadParts, *, on: dt.date) -> DocumentNeedsSupervisor | None:
    """Return the people whose documents a second person must check: a check digit does not match."""
    for part, read in parts.parts.items():
        if read.document and Reason.CHECK_DIGIT in check_number(*read.document, on).reasons:
            return DocumentNeedsSupervisor(part=part.key)
    return None


def is_usable_key(submission_key: str) -> bool:
    """Tell whether a text can be a submission key."""
    return bool(_KEY.fullmatch(submission_key))


def is_page_key(submission_key: str) -> bool:
    """Tell whether a text can be the key of a page's form, which is random.

    An earlier version used a file's own keys, which may be customers' numbers: no page may be used to test whether such a key exists.
    """
    return bool(_RANDOM_KEY.fullmatch(submission_key))


def showable(name: str) -> str:
    """Return an attribute's name if it may be shown: a name that is not a plain word could be personal data."""
    return name if _SHOWABLE.fullmatch(name) else "(not a plain word)"


def clean(text: str) -> str:
    """Return a value as it is recorded: Unicode NFC, no space around it, no sign that turns its direction; never split or changed otherwise."""
    return unturned(normal_form(text, "NFC")).strip()


def _wrong_key(submission: Submission) -> list[RollkeeperError]:
    return [] if is_usable_key(submission.submission_key) else [INVALID_SUBMISSION_KEY()]


def _wrong_contact(submission: Submission, *, on: dt.date) -> list[RollkeeperError]:
    given = submission.contact_email
    why = fault_of("email", given, on=on) if given else None
    return [INVALID_VALUE(part=PartyRole.SUBSCRIBER.key, attribute="email", value_class=why)] if why else []


def _wrong_parts(
    submission: Submission, given: Collection[PartyRole], ask: Callable[[PartyRole], tuple[Attribute, ...]]
) -> list[RollkeeperError]:
    kind, wanted = submission.asked_as, PARTY_ROLES[submission.kind]
    missing = [
        PART_MISSING(kind=kind, part=part.key)
        for part in wanted
        if part not in given and any(attribute.required for attribute in ask(part))
    ]
    surplus = [PART_NOT_ASKED(kind=kind, part=part.key) for part in submission.parts if part not in wanted]
    return [*missing, *surplus]


def _is_left_out(values: Mapping[str, str], attributes: tuple[Attribute, ...]) -> bool:
    """Tell whether an optional person was left out: a document type alone identifies no one."""
    demanded = any(attribute.required for attribute in attributes)
    return not demanded and not any(value for name, value in values.items() if name != "document_type")


def read_part(
    part: PartyRole, *, given: Mapping[str, str], attributes: tuple[Attribute, ...], on: dt.date
) -> ReadPart | list[RollkeeperError]:
    """Return the values given for one part in the form to record, or every fault in them."""
    names = [attribute.name for attribute in attributes]
    faults: list[RollkeeperError] = [
        UNKNOWN_ATTRIBUTE(attribute=showable(name), part=part.key, asked=", ".join(names) or "nothing")
        for name in given
        if name not in names
    ]
    values = {
        name: written(name, clean(given[name]))
        for name in names
        if name in given and isinstance(given[name], str)
    }
    faults += [
        MISSING_ATTRIBUTE(attribute=a.name, part=part.key, article=a.article, why=a.why)
        for a in attributes
        if a.required and not values.get(a.name)
    ]
    faults += [
        INVALID_VALUE(attribute=name, part=part.key, value_class=why)
        for name, value in values.items()
        if (why := fault_of_value(name, value, on=on))
    ]
    return faults or _with_document(part, {name: value for name, value in values.items() if value}, on=on)


def _with_document(
    part: PartyRole, values: dict[str, str], *, on: dt.date
) -> ReadPart | list[RollkeeperError]:
    if "document_number" not in values:
        return ReadPart(values, None, Verdict.VALID)
    kind = normalise_type(values.get("document_type", "other"))
    checked = check_number(kind, values["document_number"], on)
    if checked.verdict is Verdict.INVALID:
        return [InvalidDocumentNumber(part=part.key, reasons=", ".join(checked.reasons))]
    return ReadPart(values, (kind, checked.normalised), checked.verdict)


def fault_of_value(name: str, value: str, *, on: dt.date) -> str | None:
    """Return why the value of an attribute cannot be recorded; None if it can, or is empty."""
    value = clean(value)
    return _unrecordable(value) or (fault_of(name, value, on=on) if value else None)


def _unrecordable(value: str) -> str | None:
    if len(value) > GREATEST_VALUE_LENGTH:
        return f"longer than {GREATEST_VALUE_LENGTH} characters"
    if _UNWRITABLE.search(value):
        return "it has control characters in it"
    return None


def may_hold_another(*, held: int, limit: int | None, article: str) -> Decision:
    """Decide whether a person may have one more line. Without a limit in the pack everyone may."""
    if limit is None or held < limit:
        return Allowed()
    return Refused(
        article=article,
        reason=f"The law allows {limit} lines to one subscriber.",
        remedy="End or transfer one of them, or say which of them are not yours.",
    )
