# SPDX-License-Identifier: EUPL-1.2
"""How long a record is kept once the contract is over, as forms tell it to who is registered."""

import pytest
from django.utils import translation

from rollkeeper.law.retention_rules import RetentionRules
from rollkeeper.site.templatetags.phrasing import kept_after_end


def rule(*, years=0, days=0, calendar_years=0):
    return RetentionRules(years, 0, days, calendar_years, overflows_to_next_month=False, article="5")


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (rule(years=1), "After the end of the contract it is kept for 1 year (art. 5), then erased, from the backups too."),
        (rule(), "It is erased once the contract is over (art. 5), from the backups too."),
        (
            rule(calendar_years=1),
            "It is kept to the end of 1 calendar year after the one in which the contract ended (art. 5), then erased, from the backups too.",
        ),
    ],
)  # fmt: skip
def test_each_length_of_time_is_told_as_it_is(kept, said):
    assert kept_after_end(kept) == said


@pytest.mark.parametrize("language", ["zh-hans", "bo"])
@pytest.mark.parametrize("kept", [rule(years=1), rule(), rule(calendar_years=2)])
def test_it_is_told_in_each_language(language, kept):
    with translation.override(language):
        said = kept_after_end(kept)

    assert "5" in said or "五" in said
    assert "contract" not in said
