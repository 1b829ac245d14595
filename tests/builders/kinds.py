# SPDX-License-Identifier: EUPL-1.2
"""Kinds of subscriber that a test adds to the reference pack, as a country's law would: a few lines each."""

from tests.builders.packs import REFERENCE

BECAUSE = 'because: {article: "2 ¶1"}'
VISITOR = f"""  - id: visitor
    kind_of: individual
    label: {{en: A visitor, zh-hans: 短期停留者}}
    attributes:
      - {{name: name, required: "yes", purpose: {{en: who}}, {BECAUSE}}}
      - {{name: document_type, required: "yes", purpose: {{en: what}}, {BECAUSE}}}
      - {{name: document_number, required: "yes", purpose: {{en: which}}, {BECAUSE}}}
    documents: [{{type: passport, expired_ok: false, shown_with: {{en: the visa page, zh-hans: 签证页}}, {BECAUSE}}}]
    last_day: {{read_from: document, {BECAUSE}}}
"""
TOURIST = f"""  - id: tourist
    kind_of: individual
    label: {{en: A tourist}}
    last_day: {{after: {{n: 30, unit: day}}, {BECAUSE}}}
"""
PUPIL = f"""  - id: pupil
    kind_of: minor
    label: {{en: A pupil}}
    attributes:
      - {{name: name, required: "yes", purpose: {{en: who}}, {BECAUSE}}}
      - {{name: birth_date, required: "yes", purpose: {{en: of what age}}, {BECAUSE}}}
    age: {{min: 6, majority: 18, {BECAUSE}}}
"""


def until_majority(after: str = "after: {n: 90, unit: day}, ", *, kind: str = PUPIL) -> str:
    """Return a kind whose registrations end some time after the subscriber comes of age, or on the day itself."""
    return f"{kind}    last_day: {{at_majority: true, {after}{BECAUSE}}}\n"


INSTITUTION = f"""  - id: institution
    kind_of: company
    label: {{en: An institution}}
    documents: [{{type: other, {BECAUSE}}}]
"""
HEAD = "  - id: minor\n"


def with_kinds(*kinds: str, text: str = REFERENCE) -> str:
    """Return a pack that also has these kinds."""
    assert HEAD in text
    return text.replace(HEAD, "".join(kinds) + HEAD, 1)


SEEN = "    verification:\n      - method: sight\n"


def with_checks(*methods: str, payment: str | None = None, read: bool = True, text: str = REFERENCE) -> str:
    """Return a pack by which any one of these checks verifies an individual's identity; `read`: the text is confirmed."""
    paid = f", payment: {payment}" if payment else ""
    because = f'because: {{article: "4 ¶1"{"" if read else ", confirmed: false"}}}'
    listed = "".join(f"      - {{method: {one}{paid}, {because}}}\n" for one in methods)
    before, rest = text.split(SEEN, 1)
    _seen_because, others = rest.split("  - id: ", 1)
    return f"{before}    verification:\n{listed}  - id: {others}"


def with_proof(*, read: bool = True, text: str = REFERENCE) -> str:
    """Return a pack by which a person who acts for a company shows a sealed letter; `read`: the text is confirmed."""
    because = f'because: {{article: "2 ¶1"{"" if read else ", confirmed: false"}}}'
    head = "  - id: company\n"
    assert head in text
    proof = "{en: a sealed letter, zh-hans: 盖章的函件}"
    return text.replace(head, f"{head}    representative: {{required: true, proof: {proof}, {because}}}\n", 1)
