# SPDX-License-Identifier: EUPL-1.2
"""A form that is sent twice, or from a page that a colleague's decision left behind, ends on the page that says how it is now."""

from rollkeeper.access.roles import StaffRole
from tests.backoffice.test_pages import signed_in  # noqa: F401 - fixtures
from tests.builders.workers import attend

SAID = (
    "Nothing was changed: it was done before, or something changed since you opened the page. This is how it is now.",
    "You have already approved this; it needs another approver.",
)


def sent(ask, address, data=None):
    """Send a form; return whether it was too late, and what the page says then."""
    answer = ask("post", address, data)
    if answer.status_code == 302:
        answer = ask("get", answer["Location"])
    assert answer.status_code in {200, 409}, answer.text_
    assert (answer.status_code == 409) is any(one in answer.text_ for one in SAID)
    return answer.status_code == 409, answer.text_


def test_a_batch_says_how_it_is_to_who_approves_stops_or_runs_it_too_late(batch, signed_in):  # noqa: F811
    manager, other = signed_in(StaffRole.CAMPAIGN_MANAGER, "one"), signed_in(StaffRole.SUPERVISOR, "two")
    at, checked, why = f"/batches/{batch}/", {"checked": "on"}, {"because": "not_needed"}

    approved = [sent(manager, at + "approve/", checked) for _ in range(2)]
    stopped = [sent(one, at + "stop/", why) for one in (manager, manager, other)]
    afterwards = [
        sent(other, at + "approve/", checked),
        sent(manager, at + "run/"),
        sent(other, at + "undo/withdraw/"),
    ]

    assert [late for late, _ in approved] == [False, True]
    assert [late for late, _ in stopped] == [False, True, True]
    assert [late for late, _ in afterwards] == [True] * 3
    assert all(str(batch) in page for _, page in [*approved, *stopped, *afterwards])
    assert "You have approved it." in approved[1][1]


def test_an_agent_is_ended_once_and_its_page_says_so(batch, signed_in, monkeypatch, as_role):  # noqa: F811
    attend(monkeypatch, as_role)
    ask = signed_in(StaffRole.ADMINISTRATOR, "root-1")
    sent(ask, "/agent/add/", {"agent": "agent-901", "limit": "40"})

    ended = [sent(ask, "/agents/agent-901/do/", {"do": "terminate", "confirmed": "yes"}) for _ in range(2)]
    suspended = sent(ask, "/agents/agent-901/suspend/", {"because": "fraud", "confirmed": "yes"})

    assert [late for late, _ in [*ended, suspended]] == [False, True, True]
    assert all("agent-901" in page and "Agent terminated" in page for _, page in [*ended, suspended])


def test_a_step_of_an_incident_is_approved_and_withdrawn_once(batch, signed_in, monkeypatch, as_role):  # noqa: F811
    attend(monkeypatch, as_role)
    ask = signed_in(StaffRole.DATA_PROTECTION_OFFICER, "dpo-1")
    given = {"about": "window", "since": "2012-03-01T10:00", "until": "2012-03-01T20:00", "severity": "serious",
             "noticed_at": "2012-03-02T00:00", "is_drill": "on"}  # fmt: skip
    at = ask("post", "/incidents/open/", given)["Location"]
    step = {"step": "rotate_keys", "confirmed": "yes"}

    asked = [sent(ask, at + "ask/", step) for _ in range(2)]
    withdrawn = [sent(ask, at + "withdraw/", step) for _ in range(2)]

    assert [late for late, _ in [*asked, *withdrawn]] == [False, True, False, True]
