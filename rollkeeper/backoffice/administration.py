# SPDX-License-Identifier: EUPL-1.2
"""The administrator's first page, and the pages about the installation: its health, jobs, settings and versions.

The pages change nothing. Settings about limits and keys are changed on the machine, never by a single person on a page; a few settings that
cannot weaken a protection have a form (`setting_changes.py`).
"""

import datetime as dt
import platform
from collections.abc import Collection, Mapping
from importlib.metadata import version
from typing import Any, Final

import django
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, pgettext
from django.views.decorators.http import require_safe
from pydantic import BaseModel

from rollkeeper.access.authority import require
from rollkeeper.access.invitations import open_invitations
from rollkeeper.access.queries import staff_list
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.access.sessions import open_session_counts
from rollkeeper.backoffice.setting_changes import ChangeView, recent_changes
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.health import last_findings
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.jobs import job_views
from rollkeeper.kernel.settings import (
    ALL,
    Table,
    current_content,
    fixed_settings,
    on_pages,
    registered_tables,
    settings_file,
)
from rollkeeper.kernel.side_by_side import name_in
from rollkeeper.law.packs import load_pack

SETTING: Final = "setting"
"""The message context of the descriptions of settings in the translation catalogues."""
_HIDDEN: Final = ("password", "secret", "token", "pin", "smtp_url", "alarms_to", "documents_url")
"""Values of settings with one of these words in the name, and addresses with a user in them, are not shown; pages never get the last three."""


@require_safe
def administration(request: HttpRequest) -> HttpResponse:
    """Show what an administrator needs first: what is wrong, who is signed in, which jobs ran."""
    require(authority_in(request), Permission.MANAGE_STAFF)
    accounts, findings, jobs = staff_list(clock.today()), last_findings(), job_views()
    return render(request, "backoffice/administration.html", {
        "open_count": sum(one.is_active for one in accounts), "closed_count": sum(not one.is_active for one in accounts),
        "invited_count": len(open_invitations()), "session_count": sum(count for _, count in open_session_counts()),
        "errors": [one for one in findings if one.health == "error"], "warnings": [one for one in findings if one.health == "warning"],
        "examined_at": findings[0].found_at if findings else None,
        "jobs": jobs, "failed_jobs": [one for one in jobs if one.fault], "late_jobs": [one for one in jobs if one.is_late],
        "version": version("rollkeeper"), "law": name_in(get_language() or "en", load_pack(instance().pack).file.title),
    })  # fmt: skip


@require_safe
def health_page(request: HttpRequest) -> HttpResponse:
    """Show the results of the doctor's last run by the worker."""
    require(authority_in(request), Permission.MANAGE_STAFF)
    findings = last_findings()
    return render(request, "backoffice/health.html", {
        "findings": findings, "to_look_at": [one for one in findings if one.health != "ok"],
        "well": [one for one in findings if one.health == "ok"],
    })  # fmt: skip


@require_safe
def jobs_page(request: HttpRequest) -> HttpResponse:
    """Show each job: when it ran, its result, when it runs next; or only jobs that failed or are late."""
    require(authority_in(request), Permission.MANAGE_STAFF)
    jobs = job_views()
    parts = {
        "all": jobs,
        "failed": [one for one in jobs if one.fault],
        "late": [one for one in jobs if one.is_late],
    }
    chosen = request.GET.get("only", "all")
    chosen = chosen if chosen in parts else "all"
    counts = {name: len(part) for name, part in parts.items()}
    return render(
        request, "backoffice/jobs.html", {"jobs": parts[chosen], "counts": counts, "chosen": chosen}
    )


@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show every setting with its value, what it means and who changed it on a page, and when the file was last written."""
    authority = authority_in(request)
    require(authority, Permission.MANAGE_STAFF)
    said, changes, fixed = current_content(), recent_changes(), fixed_settings()
    last = {f"{one.table}.{one.key}": one for one in reversed(changes) if one.is_done}
    tables = [
        {"name": name, "settings": shown, "set_here": sum(not one["is_default"] for one in shown)}
        for name, model in sorted(registered_tables().items())
        if (
            shown := [
                one | _on_page(f"{name}.{one['name']}", model, last, fixed)
                for one in _shown(model, said.get(name, {}))
            ]
        )
    ]
    written_at = dt.datetime.fromtimestamp(settings_file().stat().st_mtime, tz=clock.zone())
    return render(request, "backoffice/settings.html", {
        "tables": tables, "written_at": written_at, "changes": changes, "is_read_only": ALL in fixed,
        "may_change": authority.role_for(Permission.CHANGE_SETTINGS) is not None,
    })  # fmt: skip


@require_safe
def versions_page(request: HttpRequest) -> HttpResponse:
    """Show the versions of all software that this instance runs."""
    require(authority_in(request), Permission.MANAGE_STAFF)
    (server,) = rows("SELECT current_setting('server_version') AS version")
    pack = load_pack(instance().pack)
    return render(request, "backoffice/versions.html", {
        "versions": [
            ("Rollkeeper", version("rollkeeper")), ("PostgreSQL", server.version), ("Python", platform.python_version()),
            ("Django", django.get_version()), ("django-allauth", version("django-allauth")),
        ],
        "law": name_in(get_language() or "en", pack.file.title), "law_hash": pack.hash,
    })  # fmt: skip


def _shown(model: type[Table], said: dict[str, Any]) -> list[dict[str, object]]:
    return [
        {
            "name": name, "value": _value(name, said[name] if name in said else field.get_default(call_default_factory=True)),
            "is_default": name not in said, **_described(field.description),
        }
        for name, field in model.model_fields.items()
    ]  # fmt: skip


def _described(english: str | None) -> dict[str, object]:
    """Return the description of a setting in the reader's language, and whether it is in English because no translation exists."""
    description = pgettext(SETTING, english) if english else ""
    return {"description": description, "is_english": description == english}


def _on_page(
    path: str, model: type[Table], last: Mapping[str, ChangeView], fixed: Collection[str]
) -> dict[str, object]:
    """Return whether a page can change a setting, why not, and who changed it last."""
    is_on_pages = path.partition(".")[2] in on_pages(model)
    return {"is_on_pages": is_on_pages, "is_fixed": is_on_pages and path in fixed, "change": last.get(path)}


def _value(name: str, value: object) -> str:
    """Write a value as in the settings file. In nested tables, defaults are left out and secret values are hidden."""
    match value:
        case None:
            text = ""
        case BaseModel():
            text = _value(name, value.model_dump(exclude_defaults=True))
        case Mapping():
            text = "; ".join(
                f"{key} = {said}" for key, one in value.items() if (said := _value(str(key), one))
            )
        case list() | tuple():
            text = ", ".join(_value("", one) for one in value)
        case bool():
            text = str(value).lower()
        case _:
            text = str(value)
    if text and (any(word in name for word in _HIDDEN) or ("://" in text and "@" in text)):
        return "•••"
    return text
