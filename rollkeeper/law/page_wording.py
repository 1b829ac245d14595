# SPDX-License-Identifier: EUPL-1.2
"""How the page of a law writes headings, days and names in a reader's language: a higher package, which has the translations, supplies it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from rollkeeper.kernel.hooks import Hook

if TYPE_CHECKING:
    from rollkeeper.law.page import Wording  # every process imports this file, and few show a law

LAW_WORDING: Final["Hook[Callable[[], Wording]]"] = Hook("law: write its page in a language")
"""Hook that returns the wording of the active language. `site` registers it."""
