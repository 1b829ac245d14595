# SPDX-License-Identifier: EUPL-1.2
"""Refusals of reporting.audit_samples."""

from rollkeeper.kernel.errors import Kind, Refusal

# The operator could guess a short text and know the sample beforehand.
SEED_TEXT_TOO_SHORT = Refusal(
    "seed_text_too_short",
    Kind.MALFORMED,
    "The text by which the lines are drawn has fewer than {fewest} letters.",
    "Throw dice or use any long text, and keep it: with it anyone can repeat the draw.",
)
SAMPLE_ALREADY_DRAWN = Refusal(
    "sample_already_drawn",
    Kind.CONFLICT,
    "You already drew such a sample of this quarter on {on}.",
    "Open it on the page of the reports.",
)
# Also where another auditor drew it.
AUDIT_SAMPLE_NOT_FOUND = Refusal(
    "audit_sample_not_found",
    Kind.NOT_FOUND,
    "You have drawn no such sample.",
    "Draw one on the page of the reports, under the report of a quarter.",
)
INVALID_QUARTER = Refusal(
    "invalid_quarter",
    Kind.MALFORMED,
    "A sample is drawn from one quarter that has a report.",
    "Choose a quarter.",
)
