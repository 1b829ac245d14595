# SPDX-License-Identifier: EUPL-1.2
"""The file with everything held about a subscriber, as they download it, field by field.

A page of the documentation site is generated from here. A field that is not named here is not exported, and a test then fails: the format of
a file that people keep does not change by accident. A new field raises the version.
"""

import datetime as dt
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FORM = "rollkeeper/data-export/5"


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Sentence(_Said):
    """One sentence of the counting."""

    text: str
    article: str | None = Field(description="The article of the law on which it rests.")
    language: str = Field(description="BCP 47.")


class CaseRecord(_Said):
    """A dispute, an appeal or a correction."""

    case: str = Field(description="Its reference, a UUID.")
    kind: str = Field(description="not_mine, dispute, appeal, correct or inherit.")
    about: str | None = Field(description="The entry that is said to be wrong; of a dispute, what is.")
    opened_on: dt.date
    due_on: dt.date = Field(description="The last day on which to decide.")
    settled_on: dt.date | None
    upheld: bool | None = Field(description="Whether the subscriber was right.")
    withdrawn: bool = Field(description="Whether the subscriber took it back.")
    because: str | None = Field(description="The reason of the decision; not said of a suspected forgery.")


class DeadlineRecord(_Said):
    """The clock of a line that runs."""

    follows: str = Field(description="suspend or terminate: what follows unless someone registers.")
    counted: int = Field(description="How many days are counted by now.")
    days: int
    last_day: dt.date | None = Field(
        description="The last day to register; null: it is paused, with no end named."
    )
    earliest: dt.date | None = Field(description="The first day on which it may follow.")
    barred: str = Field(
        description="What is barred then, where more than the floor still works: outgoing, calls, data or outgoing_and_data."
    )


class LineRecord(_Said):
    """One line of a current or former subscriber."""

    line: str = Field(description="Its reference, a UUID.")
    here: bool = Field(description="Whether the code came to it.")
    service: str
    state: str = Field(description="Empty: it is no longer theirs, and its state is another's.")
    registered: bool
    must_reverify: bool = Field(description="Whether the law asks them to verify the registration again.")
    disputed: bool
    reasons: list[str] = Field(description="Why it is suspended.")
    barred: str = Field(
        description="What it is kept from, where more than the floor still works: outgoing, calls, data or outgoing_and_data."
    )
    held: bool
    since: dt.date
    until: dt.date | None
    contested_on: dt.date | None = Field(description="Since when they say that it is not theirs.")
    good_through: dt.date | None = Field(
        description="The last day of their registration; null: without an end."
    )
    stage: str | None = Field(description="Its stage in a campaign.")
    sentences: list[Sentence]
    deadline: DeadlineRecord | None = Field(description="null: no clock runs.")
    cases: list[CaseRecord]
    has_appeal_left: bool
    may_reconnect: bool = Field(description="Whether it may still be reconnected for some hours, once.")


class EntryRecord(_Said):
    """One stored value, in clear."""

    line: str
    record: str = Field(description="Its reference, a UUID: a corrected line has several records.")
    service: str
    field: str = Field(
        description="document_copy: a redacted copy of the document shown; identity_check: the check that verified the identity."
    )
    value: str = Field(description="As text; of a copy in base64. Empty: it cannot be opened any more.")
    media_type: str | None = Field(description="Of a copy: image/jpeg; null: it is text.")
    position: int | None = Field(description="Of a copy: which of the pages or sides, from 0.")
    article: str = Field(description="By which article it is asked for.")
    last_day: dt.date | None = Field(
        description="The last day on which it is kept; null while the contract runs."
    )
    kept_article: str = Field(description="By which article it is kept so long.")


class AccessRecord(_Said):
    """An access: a value was opened, or the line was looked up."""

    at: dt.datetime
    role: str
    field: str = Field(description="Empty: the state of the line, no sealed value.")
    purpose: str
    leaf: int | None = Field(description="Its place in the published ledger; null: not published yet.")
    code: str = Field(description="Of its receipt, which proves that it is in the published ledger.")
    withheld_until: dt.date | None = Field(
        description="The day until which an order deferred the notification; null: not deferred."
    )


class ReceiptRecord(_Said):
    """An action on a line."""

    code: str
    day: dt.date
    verb: str
    line: str
    bars: str = Field(description="What a suspension barred, where something still worked; else empty.")
    act: str = Field(
        description="`port_in`: the number came from another operator; `representative`, `heir`: for what a person was named; else empty."
    )


class DocumentRecord(_Said):
    """One identity document; its number is among the values of each line, and in no table."""

    document_type: str
    since: dt.date | None = Field(
        description="When it was first shown; null: before the register noted days."
    )
    until: dt.date | None = Field(
        description="When a newer one replaced it: it proves nothing since; null: it is valid."
    )


class PasskeyRecord(_Said):
    """One passkey; its private key is in the subscriber's device."""

    passkey: str = Field(description="Its reference, a UUID.")
    added_on: dt.date
    used_on: dt.date | None


class ConsentRecord(_Said):
    """An auditor's request for consent."""

    line: str
    consent: str = Field(description="Its reference, a UUID.")
    fields: list[str]
    asked_on: dt.date
    answer_by: dt.date = Field(description="The last day on which to allow it; no answer is a no.")
    through: dt.date | None = Field(description="Allowed through this day; null: not allowed.")


class DataExport(_Said):
    """Everything held about one person, as one file."""

    form: Literal["rollkeeper/data-export/5"]
    day: dt.date
    operator: str
    lines: list[LineRecord]
    kept: list[EntryRecord]
    accesses: list[AccessRecord] = Field(
        description="The newest first; of openings and of lookups, by others and by oneself, at most 500 each."
    )
    missing: list[dt.date] = Field(
        description="The days of entries that were removed from the ledger, and may have been accesses."
    )
    receipts: list[ReceiptRecord]
    documents: list[DocumentRecord]
    passkeys: list[PasskeyRecord]
    consents: list[ConsentRecord]
    named: dict[str, dt.date] = Field(
        description="Named delegates and heirs: the role and since when; the person cannot be read back."
    )


def data_export_page() -> str:
    """Describe the file, and give its schema."""
    schema = json.dumps(_without_titles(DataExport.model_json_schema()), indent=1, ensure_ascii=False)
    return (
        "# What is held about me, as a file\n\n"
        "<!-- Written by `make docs`; edit the code it comes from instead. -->\n\n"
        "A subscriber with the second proof downloads it from the portal, page *What is held about me*. It is made for this answer,"
        " sealed to the request, and stored nowhere. It is one JSON object in UTF-8, by this schema (JSON Schema 2020-12):\n\n"
        f"```json\n{schema}\n```\n"
    )


def _without_titles(part: Any) -> Any:
    """Return a schema without the titles that only repeat the names of its fields."""
    if isinstance(part, dict):
        return {
            key: _without_titles(value)
            for key, value in part.items()
            if key != "title" or isinstance(value, dict)
        }
    return [_without_titles(value) for value in part] if isinstance(part, list) else part
