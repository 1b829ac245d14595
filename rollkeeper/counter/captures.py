# SPDX-License-Identifier: EUPL-1.2
"""What a page of the counter needs to go on without a network: a ticket, a place to hand in, what came of it, empty forms.

Empty forms are drawn for nobody: no session, no account, no mark of a form is in them, so that a browser may keep them.
Everything that may be personal comes here sealed.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.access.acts import authority_in
from rollkeeper.access.authority import demand
from rollkeeper.access.roles import Power
from rollkeeper.captures.acts import GREATEST_SEALED_BYTES, give_ticket, take_in
from rollkeeper.captures.errors import CaptureNotTaken
from rollkeeper.captures.queries import outcomes
from rollkeeper.counter import views, words
from rollkeeper.counter.forms import DisputeForm, HolderForm, JoinForm, PauseForm, QuietForm
from rollkeeper.counter.places import demand_device
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.enrolment.registering import law_in_force
from rollkeeper.enrolment.submissions import Deed
from rollkeeper.kernel import clock
from rollkeeper.kernel.settings import settings
from rollkeeper.subscribers.kinds import PartyKind

_FORMS: Mapping[str, tuple[str, type[QuietForm]]] = {
    "pause": ("counter/pause.html", PauseForm),
    "dispute": ("counter/dispute.html", DisputeForm),
    "end": ("counter/end.html", HolderForm),
    "replace-sim": ("counter/replace_sim.html", HolderForm),
    "further-document": ("counter/join.html", JoinForm),
}
_KEPT_FILES = (
    "mark.svg", "rollkeeper.js", "built/rollkeeper.css", "built/govuk-frontend.min.js", "built/sealing.js", "django_htmx/htmx-2.min.js",
    "counter/counter.js", "counter/waiting.js", "counter/store.js", "counter/lock.js",
)  # fmt: skip
_KEPT_WHERE_READ = (
    "built/noto-serif-tibetan-tibetan-400-normal.woff2", "built/noto-serif-tibetan-tibetan-700-normal.woff2",
)  # fmt: skip
_HANDED_IN_AT_ONCE = 200


@require_POST
def ticket(request: HttpRequest) -> HttpResponse:
    """Give a page a ticket and the public half to seal to, over the session of whoever is signed in."""
    authority = authority_in(request)
    demand_device(request, authority)
    given = give_ticket(authority)
    return JsonResponse({
        "ticket": str(given.ticket_id), "key": given.key_id, "half": base64.b64encode(given.public_key).decode(),
        "days": settings().captures_within_days, "shells": _shells(), "kept": _mark_of_shells(),
    })  # fmt: skip


@require_POST
def hand_in(request: HttpRequest) -> HttpResponse:
    """Take in one sealed capture."""
    said = _read(request)
    try:
        key, ticket_id = str(said["key"]), UUID(str(said["ticket"]))
        sealed = base64.b64decode(said["sealed"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise CaptureNotTaken(why="a part of it is missing") from None
    language = get_language() or settings().languages[0]
    take_in(authority_in(request), submission_key=key, ticket_id=ticket_id, sealed=sealed, language=language)
    return JsonResponse({"taken": True})


@require_POST
def came_of(request: HttpRequest) -> HttpResponse:
    """Say what came of captures: waiting, done, refused with sentences, held. Nothing personal."""
    demand(authority_in(request), Power.ENROL)
    keys = _read(request).get("keys")
    if not isinstance(keys, list) or len(keys) > _HANDED_IN_AT_ONCE:
        raise CaptureNotTaken(why="its list of keys is none")
    found = [
        {"key": one.submission_key, "outcome": one.outcome, "said": list(one.said)} for one in outcomes([str(key) for key in keys])
    ]  # fmt: skip
    return JsonResponse({"captures": found})


@require_safe
def shell(request: HttpRequest, what: str = "") -> HttpResponse:
    """Draw an empty form for nobody, to be kept by a browser."""
    demand(authority_in(request), Power.ENROL)
    blank = _nobodys(request)
    shown: dict[str, Any] = {"is_kept": True}
    if not what:
        deeds = [(deed.value, words.DEEDS[deed]) for deed in Deed]
        return render(blank, "counter/kept.html", shown | {"kept_deeds": deeds})
    if what in _FORMS:
        template, make = _FORMS[what]
        return render(blank, template, shown | {"form": make(initial={"submission_key": ""}), "what": what})
    if what not in set(Deed):
        raise Http404
    deed, kind, pack = Deed(what), views.kind_in(request), law_in_force()
    form = RecordForm(deed=deed, kind=kind, pack=pack, initial={"submission_key": ""})
    return render(
        blank, "counter/record.html", shown | views.frame_of(deed, kind=kind, pack=pack) | {"form": form}
    )


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Give the script that keeps the empty forms and files: the same for everybody, without a session."""
    del request
    told = json.dumps({"mark": _mark_of_files(), "files": [static(name) for name in _KEPT_FILES],
                       "lazy": [static(name) for name in _KEPT_WHERE_READ]})  # fmt: skip
    source = _found("counter/worker.js").read_text("utf-8")
    return HttpResponse(
        f"const KEPT = {told};\n{source}", content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"},
    )  # fmt: skip


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Say how this face is installed on a device."""
    del request
    name = f"Rollkeeper · {settings().operator_name}"
    return JsonResponse(
        {
            "name": name, "short_name": "Rollkeeper", "start_url": "/", "scope": "/", "display": "standalone",
            "background_color": "#ffffff", "theme_color": "#10435a", "lang": get_language(),
            "icons": [{"src": static("mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
        },
        content_type="application/manifest+json",
    )  # fmt: skip


def _shells() -> list[str]:
    records = [f"{deed.value}/?kind={kind.value}" for deed in Deed for kind in PartyKind]
    return [f"/kept/{name}" for name in ("", *records, *(f"{what}/" for what in _FORMS))]


def _mark_of_shells() -> str:
    """Tell by what the kept forms are still the right ones: their language, the pack, the program."""
    parts = (get_language() or "", law_in_force().hash, _mark_of_files(), str(clock.given_day()))
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]


@cache
def _mark_of_files() -> str:
    whole = hashlib.sha256()
    for name in (*_KEPT_FILES, "counter/worker.js"):
        whole.update(_found(name).read_bytes())
    return whole.hexdigest()[:16]


def _found(name: str) -> Path:
    """Return where a file lies that this face serves."""
    own = Path(django_settings.STATIC_ROOT) / name
    return own if own.exists() else Path(str(finders.find(name)))


def _nobodys(request: HttpRequest) -> HttpRequest:
    """Return a request for the same page by nobody: no session, no account, no mark of a form."""
    blank = HttpRequest()
    blank.method, blank.path, blank.path_info = "GET", request.path, request.path_info
    blank.META = {name: request.META[name] for name in ("SERVER_NAME", "SERVER_PORT")}
    blank.user = AnonymousUser()
    blank.resolver_match = request.resolver_match
    return blank


def _read(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > 2 * GREATEST_SEALED_BYTES:
        raise CaptureNotTaken(why="it is too long")
    try:
        said = json.loads(request.body)
    except ValueError:
        raise CaptureNotTaken(why="it is not JSON") from None
    if not isinstance(said, dict):
        raise CaptureNotTaken(why="it is no object")
    return said
