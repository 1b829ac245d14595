# SPDX-License-Identifier: EUPL-1.2
"""The pages of cases, which subscribers open, the most urgent first: staff take them on and decide them with a reason; a worker does it.

Only references and days: no name and no number is shown here.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import approvals_of
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.agents.queries import open_cases as unusual_activity
from rollkeeper.backoffice.asking import Question, confirm, do_by_worker, is_confirmed
from rollkeeper.backoffice.case_texts import NOTICE, STEPS, consequences, meaning, reasons
from rollkeeper.backoffice.finding import find_in
from rollkeeper.backoffice.forms import BackofficeForm
from rollkeeper.backoffice.paging import paged
from rollkeeper.kernel import clock
from rollkeeper.lines.queries import view_line
from rollkeeper.selfcare import queries
from rollkeeper.selfcare.choices import CaseKind, DecisionReason
from rollkeeper.selfcare.forgeries import draft_report
from rollkeeper.selfcare.queries import SOON_DAYS, CaseDetail, CaseView, DecidedCase

_JUDGED: Final = gettext_lazy(
    "What you found is recorded. The case is decided once two people found the same."
)
_FILTERS = ("all", "overdue", "soon", "mine")


@dataclass(frozen=True, slots=True)
class Deadline:
    """How the last day of a case is shown: how many days are left or exceeded, how full its bar is, and the bar's colour."""

    days: int
    """Days left, or days by which it is overdue."""
    is_over: bool
    used: int
    colour: str


class DecisionForm(BackofficeForm):
    """The reason of a decision, which also says who was right."""

    because = forms.ChoiceField(
        label=gettext_lazy("What did you find?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what you found; it is the reason of the decision.")},
    )

    def __init__(self, data: Any = None, *, kind: CaseKind) -> None:
        super().__init__(data)
        chosen = reasons(kind)
        self.fields["because"].choices = [  # type: ignore[attr-defined]
            (title, [(one.value, one.label) for one in chosen if one.is_for_upheld is upheld])
            for upheld, title in (
                (True, _("The subscriber is right")),
                (False, _("The subscriber is not right")),
            )
        ]


@require_http_methods(["GET", "HEAD", "POST"])
def case_list(request: HttpRequest) -> HttpResponse:
    """List the open cases, the overdue ones first, and the newest decisions; or find some by a reference."""
    authority, today = authority_in(request), clock.today()
    username = request.user.get_username()
    opened = queries.case_inbox(authority)
    listed: list[CaseView | DecidedCase] = [*opened, *queries.decided_cases(authority)]
    found = find_in(request, listed, _names, label=_("Reference of a case or of a line, or a user name"))
    if found.only:
        return redirect("backoffice:case", found.only.case_id)
    counts = queries.count_cases(opened, username=username, on=today)
    chosen = request.GET.get("only", "all")
    chosen = chosen if chosen in {*_FILTERS, *CaseKind.values} and not found.is_narrowed else "all"
    shown = {
        "found": found,
        "cases": paged(
            request,
            [
                (one, deadline(one))
                for one in found.rows
                if isinstance(one, CaseView) and _is_in(one, chosen, username)
            ],
        ),
        "counts": counts,
        "kinds": [(kind, counts.by_kind[kind]) for kind in CaseKind if counts.by_kind.get(kind)],
        "chosen": chosen,
        "decided": paged(request, [one for one in found.rows if isinstance(one, DecidedCase)], "decided"),
        "unusual": paged(
            request, unusual_activity() if authority.role_for(Permission.SEE_AGENTS) else [], "unusual"
        ),
        "may_decide": authority.role_for(Permission.SETTLE_CASE) is not None,
        "username": username,
    }
    return render(request, "backoffice/cases.html", shown, status=found.status)


@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show one case: what the subscriber contests, the day for the decision, how to find out the facts, and the form to decide it."""
    return _page(request, authority_in(request), case_id)


@require_POST
def take(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take on a case, or give it back; not if another person has taken it on since the page was shown."""
    authority, username = authority_in(request), request.user.get_username()
    require(authority, Permission.SETTLE_CASE)
    gives_back = request.POST.get("gives_back") == "yes"
    detail = queries.case_detail(authority, case_id)
    if detail.open is None:
        messages.warning(request, _("This case was decided in the meantime. Nothing was changed."))
        return redirect("backoffice:case", case_id)
    assigned_to = detail.open.assigned_to or ""
    if assigned_to == ("" if gives_back else username):
        return redirect("backoffice:case", case_id)  # It was clicked twice.
    if assigned_to != request.POST.get("assigned_to", assigned_to):
        said = _("In the meantime %(name)s took this case. Nothing was changed.") % {"name": assigned_to}
        messages.warning(
            request,
            said if assigned_to else _("In the meantime this case was returned. Nothing was changed."),
        )
        return redirect("backoffice:case", case_id)
    said = _("This case is open to others again.") if gives_back else _("This case is now assigned to you.")
    do_by_worker(request, "take-case", said, case=str(case_id), gives_back=gives_back)
    return redirect("backoffice:case", case_id)


@require_POST
def decide(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Decide a case, with its reason; the page first says what will follow."""
    authority = authority_in(request)
    require(authority, Permission.SETTLE_CASE)
    detail = queries.case_detail(authority, case_id)
    form = DecisionForm(request.POST, kind=detail.case.kind)
    if not form.is_valid():
        return _page(request, authority, case_id, form=form, status=422)
    because = DecisionReason(form.cleaned_data["because"])
    upheld = because.is_for_upheld
    if detail.decided is not None:
        if detail.decided.because is not because:
            messages.warning(
                request,
                _(
                    "This case was decided in the meantime, as this page says. What you chose was not recorded."
                ),
            )
        return redirect("backoffice:case", case_id)
    if not is_confirmed(request):
        return confirm(request, _question(detail, because), because=because.value)
    if detail.case.kind is CaseKind.FORGERY:
        said = str(_JUDGED)
    else:
        said = (
            _("Decided: the subscriber is right.") if upheld else _("Decided: the subscriber is not right.")
        )
    do_by_worker(request, "decide-case", said, case=str(case_id), upheld=upheld, because=because.value)
    return redirect("backoffice:case", case_id)


@require_safe
def forgery_report(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Return the drafted report about a document that may be forged as a text, for people to send. It names no one."""
    detail = queries.case_detail(authority_in(request), case_id)
    text = draft_report(detail.case.case_id, language=get_language() or "en")
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="report.txt"'},
    )  # fmt: skip


def deadline(one: CaseView) -> Deadline:
    """Return how a case's day is shown today."""
    today = clock.today()
    left = one.days_left(today)
    colour = "over" if left < 0 else "soon" if left <= SOON_DAYS else "calm"
    return Deadline(abs(left), left < 0, one.share_used(today), colour)


def _names(one: CaseView | DecidedCase) -> tuple[UUID | str | None, ...]:
    """Return the words by which a case is found."""
    return one.case_id, one.line_id, one.assigned_to if isinstance(one, CaseView) else None


def _neighbours(authority: Authority, case_id: UUID) -> dict[str, Any]:
    """Return the open cases before and after this one in the list, and its place there; for a decided case, the most urgent open one."""
    found = [one.case_id for one in queries.case_inbox(authority)]
    if case_id not in found:
        return {"after": found[0] if found else None}
    at = found.index(case_id)
    return {
        "before": found[at - 1] if at else None,
        "after": found[at + 1] if at + 1 < len(found) else None,
        "place": at + 1,
        "count": len(found),
    }


def _page(
    request: HttpRequest,
    authority: Authority,
    case_id: UUID,
    *,
    form: DecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    detail = queries.case_detail(authority, case_id)
    kind, line = detail.case.kind, view_line(detail.case.line_id)
    may = detail.open is not None and authority.role_for(Permission.SETTLE_CASE) is not None
    shown = {
        "detail": detail,
        "case": detail.case,
        "line": line,
        "deadline": deadline(detail.open) if detail.open else None,
        "neighbours": _neighbours(authority, case_id),
        "meaning": meaning(kind),
        "steps": STEPS.get(kind, ()),
        "may": may,
        "form": (form or DecisionForm(kind=kind)) if may and not detail.is_own else None,
        "judged": _JUDGED if may and _has_judged(authority, detail) else "",
        "is_mine": detail.open is not None and detail.open.assigned_to == request.user.get_username(),
        "may_explain": authority.role_for(Permission.EXPLAIN_LINE) is not None,
    }
    return render(request, "backoffice/case.html", shown, status=status)


def _has_judged(authority: Authority, detail: CaseDetail) -> bool:
    """Tell whether the reader has already given a verdict, which they may still change; the verdicts of others are not shown."""
    if detail.case.kind is not CaseKind.FORGERY:
        return False
    given = approvals_of(Permission.DECIDE_FORGERY, [detail.case.case_id])
    return authority.staff_id in {one.staff_id for one in given}


def _question(detail: CaseDetail, because: DecisionReason) -> Question:
    kind, upheld = detail.case.kind, because.is_for_upheld
    return Question(
        title=_("Decide that the subscriber is right?")
        if upheld
        else _("Decide that the subscriber is not right?"),
        button=_("Decide it"),
        consequences=[
            _("Reason: %(reason)s.") % {"reason": because.label},
            *consequences(kind, upheld=upheld, against=detail.against_kind),
            *([] if because is DecisionReason.DOCUMENT_FORGED else [NOTICE]),
            _("The decision is final here and is in the ledger."),
        ],
        back=reverse("backoffice:case", args=[detail.case.case_id]),
        is_harmful=not upheld or CaseKind.NOT_MINE in {kind, detail.against_kind},
    )


def _is_in(one: CaseView, chosen: str, username: str) -> bool:
    left = one.days_left(clock.today())
    match chosen:
        case "overdue":
            return left < 0
        case "soon":
            return left <= SOON_DAYS
        case "mine":
            return one.assigned_to == username
        case "all":
            return True
        case _:
            return one.kind == chosen
