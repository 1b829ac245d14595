# SPDX-License-Identifier: EUPL-1.2
"""The file with all data held about a person, as they download it: its content, with a description of each field.

`docs/data-export.md` is generated from here. A field that is not named here is not exported, and a test then fails: the format of
a file that people keep does not change by accident. A new field raises the version.
"""

import datetime as dt
import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

FORM = "rollkeeper/data-export/3"


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Sentence(_Said):
    """One sentence of the counting."""

    text: str
    article: str | None = Field(description="The article of the law on which it rests.")
    language: str = Field(description="BCP 47.")


class CaseRecord(_Said):
    """Something contested, or asked to be put right."""

    kind: str = Field(description="not_mine, dispute, appeal, correct or inherit.")
    about: str | None = Field(description="Which entry is said to be wrong.")
    opened_on: dt.date
    due_on: dt.date = Field(description="The last day on which to decide.")
    settled_on: dt.date | None
    upheld: bool | None = Field(description="Whether the subscriber was right.")


class LineRecord(_Said):
    """One present or past line of the person."""

    line: str = Field(description="Its reference, a UUID.")
    here: bool = Field(description="Whether the code came to it.")
    service: str
    state: str
    registered: bool
    disputed: bool
    reasons: list[str] = Field(description="Why it is suspended.")
    held: bool
    since: dt.date
    until: dt.date | None
    contested_on: dt.date | None = Field(description="Since when they say that it is not theirs.")
    stage: str | None = Field(description="Where it stands in a campaign.")
    sentences: list[Sentence]
    cases: list[CaseRecord]
    has_appeal_left: bool


class EntryRecord(_Said):
    """One entry that is held, in clear."""

    line: str
    record: str = Field(description="Its reference, a UUID: a line whose record was put right has several.")
    service: str
    field: str = Field(description="document_copy: a redacted copy of the document shown.")
    value: str = Field(description="As text; of a copy in base64. Empty: it cannot be opened any more.")
    media_type: str | None = Field(description="Of a copy: image/jpeg; null: it is text.")
    position: int | None = Field(description="Of a copy: which of the pages or sides, from 0.")
    article: str = Field(description="By which article it is asked for.")
    last_day: dt.date | None = Field(
        description="The last day on which it is kept; null while the contract runs."
    )
    kept_article: str = Field(description="By which article it is kept so long.")


class AccessRecord(_Said):
    """An entry was opened, or the line was looked up."""

    at: dt.datetime
    role: str
    field: str = Field(description="Empty: how the line stands, nothing that is sealed.")
    purpose: str
    leaf: int | None = Field(description="Where it stands in the published ledger; null: not published yet.")
    withheld_until: dt.date | None = Field(
        description="Until when an order had it withheld from them; null: it never was."
    )


class ReceiptRecord(_Said):
    """Something that was done to a line."""

    code: str
    day: dt.date
    verb: str
    line: str


class DocumentRecord(_Said):
    """One document recorded for the person; its number is with the entries of each line, and in no table."""

    document_type: str
    since: dt.date | None = Field(
        description="When it was first shown; null: before the register noted days."
    )
    until: dt.date | None = Field(
        description="When a newer one took its place: it proves nothing any more; null: it is good."
    )


class PasskeyRecord(_Said):
    """One passkey of the person; the key itself is in their device."""

    passkey: str = Field(description="Its reference, a UUID.")
    added_on: dt.date
    used_on: dt.date | None


class ConsentRecord(_Said):
    """An auditor's request to see entries, or a consent."""

    line: str
    consent: str = Field(description="Its reference, a UUID.")
    fields: list[str]
    asked_on: dt.date
    answer_by: dt.date = Field(description="The last day on which to allow it; no answer is a no.")
    through: dt.date | None = Field(description="Allowed through this day; null: not allowed.")


class DataExport(_Said):
    """All that is held about one person, as one file."""

    form: Literal["rollkeeper/data-export/3"]
    day: dt.date
    operator: str
    lines: list[LineRecord]
    kept: list[EntryRecord]
    accesses: list[AccessRecord] = Field(description="The newest first, at most 500.")
    receipts: list[ReceiptRecord]
    documents: list[DocumentRecord]
    passkeys: list[PasskeyRecord]
    consents: list[ConsentRecord]
    named: dict[str, dt.date] = Field(
        description="For what somebody is named (representative, heir), and since when; who it is cannot be read back."
    )


def data_export_page() -> str:
    """Describe the file, and give its schema."""
    schema = json.dumps(DataExport.model_json_schema(), indent=1, ensure_ascii=False)
    return (
        "# What is held about me, as a file\n\n"
        "<!-- Written by `make docs`; edit the code it comes from instead. -->\n\n"
        "Whoever proved who they are takes it away from the portal, page *What is held about me*. It is put together for that one"
        " answer, sealed to the request that asked, and kept nowhere. UTF-8, one JSON object, by this schema (JSON Schema"
        f" 2020-12):\n\n```json\n{schema}\n```\n"
    )
