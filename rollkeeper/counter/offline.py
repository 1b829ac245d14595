# SPDX-License-Identifier: EUPL-1.2
"""What a page of the counter needs without a network: a ticket, an address to submit to, the outcomes, empty forms.

Empty forms are made for no user: they contain no session, account or form token, so that a browser may keep them. Everything that
may be personal arrives here sealed.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.core.cache import cache as kept
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import engines
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from rollkeeper.access.authority import require
from rollkeeper.access.own_pages import page_at
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.agents.queries import is_of_own_outlet, require_own_device
from rollkeeper.counter import views
from rollkeeper.counter.agent_guard import devices_in, require_device
from rollkeeper.counter.forms import (
    DisputeForm,
    LinkDocumentForm,
    PauseForm,
    QuietForm,
    ReplaceSimForm,
    TerminateForm,
)
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.kernel import clock
from rollkeeper.kernel.instance import instance
from rollkeeper.offline.errors import OFFLINE_REGISTRATION_REJECTED
from rollkeeper.offline.queries import outcomes
from rollkeeper.offline.services import GREATEST_SEALED_BYTES, issue_ticket, store_submission
from rollkeeper.registration.party_kinds import kind_names
from rollkeeper.registration.pipeline import active_pack
from rollkeeper.registration.rules import is_page_key
from rollkeeper.registration.settings import settings as offline_settings
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PartyKind

_FORMS: Mapping[str, tuple[str, type[QuietForm]]] = {
    "pause": ("counter/pause.html", PauseForm),
    "dispute": ("counter/dispute.html", DisputeForm),
    "terminate": ("counter/terminate.html", TerminateForm),
    "replace-sim": ("counter/replace_sim.html", ReplaceSimForm),
    "link-document": ("counter/link_document.html", LinkDocumentForm),
}
_SHEET = "built/rollkeeper.css"
_CACHED_FILES = (
    "mark.svg", "rollkeeper.js", _SHEET, "built/govuk-frontend.min.js", "built/sealing.js", "django_htmx/htmx-2.min.js",
    "counter/counter.js", "counter/offline_queue.js", "counter/device_store.js", "counter/lock.js",
    "counter/inline_errors.js", "counter/check_answers.js", "counter/keys.js",
)  # fmt: skip
_CACHED_ON_USE = (
    "built/noto-serif-tibetan-tibetan-400-normal.woff2", "built/noto-serif-tibetan-tibetan-700-normal.woff2",
)  # fmt: skip
_MAX_KEYS_PER_QUERY = 200
_DRAWN_FOR_S = 60
"""How long drawn forms are kept: drawing all of them takes most of a second, and every device asks for them when its shop opens."""


@require_POST
def ticket(request: HttpRequest) -> HttpResponse:
    """Give a page a ticket and the public half of a key to seal to, in the user's session."""
    authority = authority_in(request)
    require_device(request, authority)
    given = issue_ticket(authority)
    return JsonResponse({
        "ticket": str(given.ticket_id), "key": given.key_id, "half": base64.b64encode(given.public_key).decode(),
        "days": offline_settings().max_age_days, "forms": reverse("counter:kept_forms"), "version": _forms_version(),
    })  # fmt: skip


@require_POST
def submit(request: HttpRequest) -> HttpResponse:
    """Store one sealed offline registration."""
    said = _read(request)
    try:
        key, ticket_id = str(said["key"]), UUID(str(said["ticket"]))
        sealed = base64.b64decode(said["sealed"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise OFFLINE_REGISTRATION_REJECTED(why="a part of it is missing") from None
    if not is_page_key(key):
        raise OFFLINE_REGISTRATION_REJECTED(why="its key is not valid")
    authority, language = authority_in(request), get_language() or instance().languages[0]
    require_own_device(authority, devices=devices_in(request))
    store_submission(authority, submission_key=key, ticket_id=ticket_id, sealed=sealed, language=language)
    return JsonResponse({"accepted": True})


@require_POST
def outcomes_of(request: HttpRequest) -> HttpResponse:
    """Return the outcomes of offline registrations: waiting, done, refused with sentences, held. Nothing personal."""
    authority = authority_in(request)
    require(authority, Permission.REGISTER)
    require_device(request, authority)
    keys = _read(request).get("keys")
    if not isinstance(keys, list) or len(keys) > _MAX_KEYS_PER_QUERY:
        raise OFFLINE_REGISTRATION_REJECTED(why="its list of keys is none")
    found = [
        {"key": one.submission_key, "outcome": one.outcome, "said": list(one.said)} for one in outcomes([str(key) for key in keys])
        if is_of_own_outlet(authority, submitted_by=one.submitted_by)
    ]  # fmt: skip
    return JsonResponse({"submissions": found})


@require_safe
def empty_form(request: HttpRequest, what: str = "") -> HttpResponse:
    """Return an empty form without a user, as a browser keeps it."""
    require(authority_in(request), Permission.REGISTER)
    return _form(_anonymous_request(request, request.path), what, views.kind_in(request, active_pack()))


@require_safe
def kept_forms(request: HttpRequest) -> HttpResponse:
    """Return all empty forms by address, for a browser to keep: together they take an eighth of the bytes, since they are much alike."""
    require(authority_in(request), Permission.REGISTER)
    drawn_for = ":".join(("kept-forms", _forms_version(), clock.today().isoformat(), request.META["SERVER_NAME"],
                          request.META["SERVER_PORT"]))  # fmt: skip
    content = kept.get_or_set(drawn_for, lambda: _draw_forms(request), _DRAWN_FOR_S)
    return HttpResponse(content, content_type="application/json")


def _draw_forms(request: HttpRequest) -> bytes:
    forms = {
        address: _form(_anonymous_request(request, address.partition("?")[0]), what, kind)
        for address, what, kind in _offline_forms()
    }
    return json.dumps(
        {address: form.content.decode() for address, form in forms.items()}, ensure_ascii=False
    ).encode()


def _form(blank: HttpRequest, what: str, kind: str) -> HttpResponse:
    shown: dict[str, Any] = {"is_offline_form": True}
    if not what:
        action_kinds = [(action_kind.value, action_kind.label) for action_kind in RegistrationKind]
        return render(blank, "counter/offline_forms.html", shown | {"offline_kinds": action_kinds})
    if what in _FORMS:
        template, make = _FORMS[what]
        return render(blank, template, shown | {"form": make(initial={"submission_key": ""}), "what": what})
    if what not in set(RegistrationKind):
        raise Http404
    action_kind, pack = RegistrationKind(what), active_pack()
    form = RecordForm(action_kind=action_kind, kind=kind, pack=pack, initial={"submission_key": ""})
    return render(
        blank,
        "counter/record.html",
        shown | views.page_context(action_kind, kind=kind, pack=pack) | {"form": form},
    )


@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the script that keeps the empty forms and files: the same for all, without a session."""
    # The style sheet by the address that pages link to, so that it is loaded once.
    sheet = engines["django"].from_string("{{ css_url|safe }}").render({}, request)
    files = [sheet if name == _SHEET else static(name) for name in _CACHED_FILES]
    lazy = [static(name) for name in _CACHED_ON_USE]
    notified = json.dumps({"version": _files_version(), "files": files, "lazy": lazy})
    source = _found("counter/service_worker.js").read_text("utf-8")
    return HttpResponse(
        f"const CACHED = {notified};\n{source}", content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )  # fmt: skip


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Return how this app is installed on a device."""
    del request
    name, first = f"Rollkeeper · {instance().operator_name}", reverse("counter:find")
    return JsonResponse(
        {
            "name": name, "short_name": "Rollkeeper", "start_url": first, "scope": first, "display": "standalone",
            "background_color": "#ffffff", "theme_color": "#10435a", "lang": get_language(),
            "icons": [{"src": static("mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
        },
        content_type="application/manifest+json",
    )  # fmt: skip


def _offline_forms() -> Iterator[tuple[str, str, str]]:
    """Yield for each form its address, its action and its kind of party."""
    yield reverse("counter:offline_forms"), "", PartyKind.INDIVIDUAL.value
    for action_kind in RegistrationKind:
        address = reverse("counter:offline_form", args=[action_kind.value])
        yield from ((f"{address}?kind={kind}", action_kind.value, kind) for kind in kind_names(active_pack()))
    for what in _FORMS:
        yield reverse("counter:offline_form", args=[what]), what, PartyKind.INDIVIDUAL.value


def _forms_version() -> str:
    """Return a hash that changes when kept forms are outdated: by the language, the pack, the program or a demo's date."""
    parts = (get_language() or "", active_pack().hash, _files_version(), str(clock.demo_date()))
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]


@cache
def _files_version() -> str:
    whole = hashlib.sha256()
    for name in (*_CACHED_FILES, "counter/service_worker.js"):
        whole.update(_found(name).read_bytes())
    return whole.hexdigest()[:16]


def _found(name: str) -> Path:
    """Return the place of a file that this app serves."""
    own = Path(django_settings.STATIC_ROOT) / name
    return own if own.exists() else Path(str(finders.find(name)))


def _anonymous_request(request: HttpRequest, path: str) -> HttpRequest:
    """Return a request for a page without a user: no session, account or form token."""
    blank = HttpRequest()
    blank.method, blank.path, blank.path_info = "GET", path, f"/{path.removeprefix(get_script_prefix())}"
    blank.META = {name: request.META[name] for name in ("SERVER_NAME", "SERVER_PORT")}
    blank.user = AnonymousUser()
    blank.resolver_match = page_at(path)
    blank.links_css = True  # type: ignore[attr-defined] # the style sheet is among the kept files
    return blank


def _read(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > 2 * GREATEST_SEALED_BYTES:
        raise OFFLINE_REGISTRATION_REJECTED(why="it is too long")
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        raise OFFLINE_REGISTRATION_REJECTED(why="it is not JSON") from None
    if not isinstance(said, dict):
        raise OFFLINE_REGISTRATION_REJECTED(why="it is no object")
    return said
