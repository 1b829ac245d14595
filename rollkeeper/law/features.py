# SPDX-License-Identifier: EUPL-1.2
"""Groups the fields of a pack that nothing here supports into features: what a version of Rollkeeper would have to learn."""

import re
from collections.abc import Sequence
from typing import Final

from rollkeeper.law.pack import Pack

_FEATURES: Final[Sequence[tuple[str, str]]] = (
    ("documents", r"party_kinds\[[^]]*\]\.documents"),
    ("verification", r"party_kinds\[[^]]*\]\.verification"),
    ("attributes", r"party_kinds\[[^]]*\]\.attributes"),
    ("representatives", r"party_kinds\[[^]]*\]\.(representative|user_of_line)"),
    ("minors", r"party_kinds\[[^]]*\]\.age"),
    ("without a document", r"party_kinds\[[^]]*\]\.no_document_route"),
    ("kinds of party", r"party_kinds"),
    ("limits", r"limits"),
    ("services", r"scope\.services"),
    ("registering acts", r"scope\.registering_acts"),
    ("exemptions", r"scope\.(exemptions|grandfather)"),
    ("deadline by date", r"campaigns\[[^]]*\]\.deadline\.(base|not_before_notice)"),
    ("units of time", r".*(unit: |\.full)"),
    ("several campaigns", r"campaigns'? \(more than one\)|campaigns\[[^]]*\]\.phases"),
    ("cohorts", r"campaigns\[[^]]*\]\.cohort"),
    ("notices", r"campaigns\[[^]]*\]\.notices"),
    ("a way back after the end", r"campaigns\[[^]]*\]\.stages.*(reversible_for|on_registered)"),
    ("stages", r"campaigns\[[^]]*\]\.stages"),
    ("extensions", r"campaigns\[[^]]*\]\.extensions"),
    ("campaigns", r"campaigns"),
    ("retention by class", r"retention"),
    ("document copies", r"document_copies|agents\.copy_"),
    ("agents", r"agents"),
    ("rights with days", r"rights"),
    ("disclosure", r"disclosure"),
    ("incidents", r"breach|at_once"),
    ("layers", r"layers|supersedes|transition"),
    ("court stays", r"court_stays"),
    ("number reuse", r"number_reuse"),
    ("calendar", r"calendar"),
)
"""Each feature with the fields that belong to it; the first that fits."""


def features_missing(pack: Pack) -> dict[str, list[str]]:
    """Return the features that a pack needs and that are missing here, each with its fields; empty for a pack that can be used."""
    found: dict[str, list[str]] = {}
    for field in pack.unsupported_fields:
        found.setdefault(_feature(field.lstrip("'")), []).append(field)
    return found


def _feature(field: str) -> str:
    return next((name for name, fields in _FEATURES if re.match(fields, field)), "others")
