# SPDX-License-Identifier: EUPL-1.2
"""The line that a clerk has found: carried from page to page for some minutes in their session, never in an address.

The session has a handle and the masked number. Two tabs have one session: each link of a page about a line has that line's mark, so a page
that was drawn for an earlier line does not lead to the form of a later one. After an action the line is set aside: the next person must not
get this line by mistake, and a clerk who goes on with the same line says so.
"""

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from rollkeeper.kernel import clock
from rollkeeper.lines.counter_codes import HANDLE_MINUTES, HandedLine
from rollkeeper.lines.queries import masked_input
from rollkeeper.registration.errors import INVALID_SUBMISSION_KEY, SUBMISSION_KEY_USED
from rollkeeper.registration.rules import is_page_key

_KEY = "carried_line"
_RECEIPT = "called_on_receipt"
_RECORDED = "recorded_from"
_MOST_RECEIPTS = 50
"""How many receipts a session remembers the masked numbers for: a tab may show an earlier receipt."""


@dataclass(frozen=True, slots=True)
class CarriedLine:
    """A line that a clerk has found and goes on with."""

    line_id: str
    handle: str
    called: str
    until: float
    is_over: bool = False
    is_set_aside: bool = False

    @property
    def name(self) -> str:
        """Return the name of the line on a page."""
        return self.called or _("the line whose code was read out")

    @property
    def mark(self) -> str:
        """Return what an address may say of the line: it tells the lines apart that were found, and leads to none."""
        return hashlib.sha256(self.handle.encode()).hexdigest()[:8]


def carry(request: HttpRequest, found: HandedLine) -> CarriedLine:
    """Carry a line that was shown just now; a line that was found again keeps its name and its time."""
    before = carried(request, also_set_aside=True)
    if before and before.handle == found.handle:
        line = replace(before, is_set_aside=False)
    else:
        until = clock.true_now().timestamp() + HANDLE_MINUTES * 60
        line = CarriedLine(str(found.line.line_id), found.handle, found.called, until, found.line.is_over)
    request.session[_KEY] = asdict(line)
    return line


def carried(request: HttpRequest, *, also_set_aside: bool = False) -> CarriedLine | None:
    """Return the line that this clerk goes on with, while its minutes last; None where the page was drawn for another line."""
    kept = request.session.get(_KEY) if hasattr(request, "session") else None
    line = CarriedLine(**kept) if kept else None
    if line is None or line.until < clock.true_now().timestamp():
        return None
    if _asked(request) not in {None, line.mark}:
        return None
    return line if also_set_aside or not line.is_set_aside else None


def is_lost(request: HttpRequest) -> bool:
    """Tell whether the link or button that led here is of a line that is no longer carried."""
    return _asked(request) is not None and carried(request, also_set_aside=True) is None


def _asked(request: HttpRequest) -> str | None:
    """Return the mark of the line whose page led here; None where the page was about no line."""
    return request.GET.get("line", request.POST.get("line"))


def put_away(request: HttpRequest) -> None:
    """Stop carrying a line, and forget what was recorded last."""
    request.session.pop(_KEY, None)
    request.session.pop(_RECORDED, None)


def called(request: HttpRequest, typed: str) -> str:
    """Return the masked number for the line of a submitted form, by its handle or by the typed number."""
    line = carried(request, also_set_aside=True)
    if not typed.startswith("handle:"):
        return masked_input(typed)
    return line.called if line and line.handle == typed else ""


def set_aside(request: HttpRequest, *, submission_key: str, typed: str) -> None:
    """Note the masked number for the line of this receipt, and that its action is done."""
    name = called(request, typed)
    noted = request.session.get(_RECEIPT, {})
    noted.pop(submission_key, None)
    request.session[_RECEIPT] = dict([*noted.items()][1 - _MOST_RECEIPTS :]) | {submission_key: name}
    until = clock.true_now().timestamp() + HANDLE_MINUTES * 60
    request.session[_RECORDED] = {"path": request.path, "key": submission_key, "called": name, "until": until}
    line = carried(request)
    if line and line.handle == typed:
        request.session[_KEY] = asdict(replace(line, is_set_aside=True))


def set_aside_with_act(request: HttpRequest, *, submission_key: str, typed: str) -> None:
    """Do the same in the transaction of the action, with its commit."""
    set_aside(request, submission_key=submission_key, typed=typed)
    session: Any = request.session
    session.keep_with_act()


def is_set_aside(request: HttpRequest, submission_key: str) -> bool:
    """Tell whether this session made this receipt, and not long ago."""
    return submission_key in request.session.get(_RECEIPT, {})


def require_own_form(request: HttpRequest, *, submission_key: str, typed: str) -> None:
    """Refuse a form whose key no page made, or whose key this session last sent for another line, even if it waits for an approver.

    Refuses: INVALID_SUBMISSION_KEY, SUBMISSION_KEY_USED.
    """
    if not is_page_key(submission_key):
        raise INVALID_SUBMISSION_KEY()
    before, now = called_on_receipt(request, submission_key), called(request, typed)
    if before and now and before != now:
        raise SUBMISSION_KEY_USED(day=clock.today())


def called_on_receipt(request: HttpRequest, submission_key: str) -> str:
    """Return the masked number for the line of a receipt, if this session made the receipt and still remembers it."""
    return str(request.session[_RECEIPT][submission_key]) if is_set_aside(request, submission_key) else ""


def recorded_from(request: HttpRequest) -> dict[str, str] | None:
    """Return the key and the masked number of the form that this session sent from the same page minutes ago."""
    kept = request.session.get(_RECORDED) if hasattr(request, "session") else None
    is_here = kept and kept["path"] == request.path and kept["until"] >= clock.true_now().timestamp()
    return {"key": kept["key"], "called": kept["called"]} if kept and is_here else None


def is_about(line: CarriedLine | None, line_id: UUID | str) -> bool:
    """Tell whether the carried line is this one."""
    return line is not None and line.line_id == str(line_id)
