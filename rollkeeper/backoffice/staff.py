# SPDX-License-Identifier: EUPL-1.2
"""Pages about staff: the accounts with their roles, and what an administrator does about an account.

To make an account or give a role, this app asks the vault service, which checks the administrator's password and code itself and
does one thing for one code (`vault/staff_administration.py`). This app closes accounts and ends their sessions by itself, since this only
takes rights away.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rollkeeper.access.authority import require, rule_for
from rollkeeper.access.errors import STAFF_UNKNOWN
from rollkeeper.access.invitations import open_invitations
from rollkeeper.access.queries import StaffView, staff_list
from rollkeeper.access.roles import ROLE_TITLES, Permission, StaffRole
from rollkeeper.access.services import authority_in, suspend_staff
from rollkeeper.access.sessions import end_sessions, open_session_counts
from rollkeeper.backoffice.asking import say_refusal
from rollkeeper.backoffice.finding import find_in
from rollkeeper.backoffice.forms import EmptiedForm, VaultSignInForm, exact_text
from rollkeeper.backoffice.paging import paged
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.vault import client


class InvitationForm(EmptiedForm):
    """The address to which an invitation is sent."""

    address = forms.CharField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy(
            "The code goes there and the address is forgotten. Left empty: the code is shown here once, for you to hand over."
        ),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email", "spellcheck": "false"}),
    )


class NewStaffForm(InvitationForm):
    """A new account: its user name and roles."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        help_text=gettext_lazy("A reference such as clerk-07, not a real name."),
        max_length=64,
        widget=exact_text(),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=[(role.value, title) for role, title in ROLE_TITLES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("username", "roles", "address")


class RoleForm(EmptiedForm):
    """One role to give."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[(role.value, title) for role, title in ROLE_TITLES.items()]
    )


_OPERATIONS: Final[Mapping[str, type[EmptiedForm]]] = {
    "invite-again": InvitationForm,
    "grant-role": RoleForm,
    "end-role": RoleForm,
    "reinstate-staff": EmptiedForm,
}


@require_http_methods(["GET", "HEAD", "POST"])
def staff_page(request: HttpRequest) -> HttpResponse:
    """List the accounts: roles, state, open sessions; or find some by their user name."""
    require(authority_in(request), Permission.MANAGE_STAFF)
    found = find_in(request, staff_list(clock.today()), lambda one: [one.username], label=_("User name"))
    if found.only:
        return redirect("backoffice:account", found.only.staff_id)
    counts, invited = dict(open_session_counts()), open_invitations()
    accounts = [
        {"view": one, "titles": _titles(one), "sessions": counts.get(one.username, 0),
         "invitation": invited.get(one.staff_id)}
        for one in found.rows
    ]  # fmt: skip
    shown = {"accounts": paged(request, accounts), "found": found}
    return render(request, "backoffice/staff.html", shown, status=found.status)


@require_safe
def roles_page(request: HttpRequest) -> HttpResponse:
    """Say what each role may do, in words."""
    require(authority_in(request), Permission.MANAGE_STAFF)
    shown = [
        {"title": title, "permissions": [(one.label, rule_for(one).people) for one in Permission if role in rule_for(one).roles]}
        for role, title in ROLE_TITLES.items()
    ]  # fmt: skip
    return render(request, "backoffice/roles.html", {"roles": shown})


@require_http_methods(["GET", "HEAD", "POST"])
def add_staff_page(request: HttpRequest) -> HttpResponse:
    """Make an account and invite its owner, by way of the vault service."""
    require(authority_in(request), Permission.MANAGE_STAFF)
    shown: dict[str, Any] = {}
    if request.method != "POST":
        return render(
            request,
            "backoffice/add_staff.html",
            shown | {"form": NewStaffForm(), "sign_in": VaultSignInForm()},
        )
    form, sign_in = NewStaffForm(request.POST), VaultSignInForm(request.POST)
    if not (form.is_valid() & sign_in.is_valid()):
        shown |= {"form": form, "sign_in": sign_in.emptied()}
        return render(request, "backoffice/add_staff.html", shown, status=422)
    try:
        code = str(_asked(request, "invite-staff", sign_in, form.cleaned_data))
    except RollkeeperError as fault:
        status = say_refusal(fault, form, sign_in)
        shown |= {"form": form, "sign_in": sign_in.emptied()}
        return render(request, "backoffice/add_staff.html", shown, status=status)
    return _invited(request, form.cleaned_data["username"].strip().lower(), code)


@require_safe
def account_page(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """Show one account, and the actions that are possible for it."""
    require(authority_in(request), Permission.MANAGE_STAFF)
    view = _account(staff_id)
    return render(request, "backoffice/account.html", {
        "account": view, "titles": _titles(view), "roles": [(role.value, ROLE_TITLES[role]) for role in view.roles if role in ROLE_TITLES],
        "sessions": dict(open_session_counts()).get(view.username, 0), "invitation": open_invitations().get(view.staff_id),
        "is_own": authority_in(request).staff_id == view.staff_id,
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def change_account(request: HttpRequest, staff_id: UUID, operation: str) -> HttpResponse:
    """Ask for the administrator's password and code, and have the vault service do one thing to an account."""
    require(authority_in(request), Permission.MANAGE_STAFF)
    if operation not in _OPERATIONS:
        raise Http404
    view, make = _account(staff_id), _OPERATIONS[operation]
    shown: dict[str, Any] = {"account": view, "operation": operation}
    if request.method != "POST":
        form = make(initial={"role": request.GET.get("role", "")})
        _offer_roles(form, view, operation)
        return render(
            request, "backoffice/change_account.html", shown | {"form": form, "sign_in": VaultSignInForm()}
        )
    form, sign_in = make(request.POST), VaultSignInForm(request.POST)
    _offer_roles(form, view, operation)
    if not (form.is_valid() & sign_in.is_valid()):
        shown |= {"form": form, "sign_in": sign_in.emptied()}
        return render(request, "backoffice/change_account.html", shown, status=422)
    try:
        result = _asked(request, operation, sign_in, form.cleaned_data | {"username": view.username})
    except RollkeeperError as fault:
        status = say_refusal(fault, form, sign_in)
        shown |= {"form": form, "sign_in": sign_in.emptied()}
        return render(request, "backoffice/change_account.html", shown, status=status)
    if operation == "invite-again":
        return _invited(request, view.username, str(result))
    messages.success(request, _("Done. The ledger has the entry."))
    return redirect("backoffice:account", staff_id)


@require_http_methods(["GET", "HEAD", "POST"])
def close_account(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """Close an account at once, after a question, and end its sessions."""
    authority = authority_in(request)
    require(authority, Permission.MANAGE_STAFF)
    view = _account(staff_id)
    if request.method != "POST":
        sessions = dict(open_session_counts()).get(view.username, 0)
        return render(request, "backoffice/close_account.html", {"account": view, "sessions": sessions})
    end_sessions(authority, username=view.username, on=clock.today())
    suspend_staff(authority, username=view.username, on=clock.today())
    messages.success(request, _("The account is closed, and its sessions have ended."))
    return redirect("backoffice:account", staff_id)


@require_POST
def end_account_sessions(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    """End all sessions of an account, which stays open."""
    authority = authority_in(request)
    require(authority, Permission.MANAGE_STAFF)
    end_sessions(authority, username=_account(staff_id).username, on=clock.today())
    messages.success(request, _("All sessions of this account have ended."))
    return redirect("backoffice:account", staff_id)


def _offer_roles(form: EmptiedForm, view: StaffView, operation: str) -> None:
    """Offer the roles that the account has if one is to be ended, or the other roles if one is to be given."""
    if "role" in form.fields:
        offered = [one for one in ROLE_TITLES.items() if (one[0] in view.roles) == (operation == "end-role")]
        form.fields["role"].choices = [(role.value, title) for role, title in offered]  # type: ignore[attr-defined]


def _invited(request: HttpRequest, username: str, code: str) -> HttpResponse:
    """Show a code that was not mailed: once, in this answer only."""
    return render(request, "backoffice/invited.html", {"username": username, "code": code})


def _asked(
    request: HttpRequest, operation: str, sign_in: VaultSignInForm, values: Mapping[str, Any]
) -> object:
    """Have the service check who asks, and do the action. Refuses: what the service refuses."""
    given = sign_in.cleaned_data
    session = client.sign_in(request.user.get_username(), given["password"], lambda: given["code"])
    return session.ask(operation, **values)


def _account(staff_id: UUID) -> StaffView:
    view = next((one for one in staff_list(clock.today()) if one.staff_id == staff_id), None)
    if view is None:
        raise STAFF_UNKNOWN()
    return view


def _titles(view: StaffView) -> list[Any]:
    return [ROLE_TITLES.get(StaffRole(role), role) for role in view.roles]
