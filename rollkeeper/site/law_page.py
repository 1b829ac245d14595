# SPDX-License-Identifier: EUPL-1.2
"""The law of this instance on one page, open to all in every app: the same text as `rollkeeper law show`. It names no person."""

import datetime as dt
from functools import lru_cache
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, pgettext
from django.views.decorators.http import require_safe

from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import BarLevel, IdentityCheck, Payment, Service, label_of
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.phrasing import bracketed, cite, colon, gap, listed
from rollkeeper.kernel.side_by_side import name_in
from rollkeeper.law.choices import CounterAct
from rollkeeper.law.packs import load_pack
from rollkeeper.law.page import Wording, law_page
from rollkeeper.lines.choices import PauseReason
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.vault.fields import Field

_CHOICES: Final = (
    Field, PartyKind, PartyRole, BarLevel, Payment, IdentityCheck, Service, RegistrationKind, PauseReason,
)  # fmt: skip
_PAUSES: Final = {"detained": PauseReason.DETENTION, "document_pending": PauseReason.DOCUMENT_APPLIED_FOR}
"""The reasons for more time that have one name in packs and another in the register."""


@login_not_required
@require_safe
def law(request: HttpRequest) -> HttpResponse:
    """Show what the law says, what follows from it, what is declined and who read it."""
    pack = load_pack(instance().pack)
    language = get_language() or "en"
    return render(
        request,
        "site/law.html",
        {"title": name_in(language, pack.file.title), "page": _page(pack.hash, language, clock.today())},
    )


@lru_cache(maxsize=16)
def _page(pack_hash: str, language: str, on: dt.date) -> str:
    del pack_hash  # part of the cache's key: another pack makes another page
    page = law_page(load_pack(instance().pack), language=language, on=on, wording=wording())
    return mark_safe(page)  # noqa: S308 - `law_page` escapes every text of the pack


def wording() -> Wording:
    """Return how the page writes in the language that is active."""
    return Wording(
        say=gettext, day=date_format, label=_label, cite=cite, source=_source, listed=listed, colon=colon(),
        pause=pgettext("law", ", "), stop=pgettext("law", ". "), gap=gap(), bracketed=bracketed,
    )  # fmt: skip


def _source(name: str) -> str:
    return pgettext("source of law", name)


def _label(code: str) -> str:
    if code == CounterAct.REPLACE_SIM:
        return gettext("Replace a SIM")
    return label_of(_PAUSES.get(code, code), *_CHOICES)
