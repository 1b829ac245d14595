# SPDX-License-Identifier: EUPL-1.2
"""The back office with staff of several roles, asked in its own role of the database."""

from django.test import Client

from tests.agents.conftest import employ
from tests.builders.staff import enter
from tests.builders.workers import attend


def staffed_backoffice(app, as_role, monkeypatch, **staff):
    """Open the back office with accounts (name=role); return a function that requests a page as one of them. A worker acts at once."""
    app("backoffice")
    attend(monkeypatch, as_role)
    for name, role in staff.items():
        employ(role, username=name)

    def asking(name, method, address, data=None, language="en"):
        client = Client()
        with as_role("backoffice"):
            enter(client, name)
            answer = getattr(client, method)(
                address, data or {}, HTTP_ACCEPT="text/html", HTTP_ACCEPT_LANGUAGE=language, follow=True
            )
        answer.text_ = answer.content.decode()
        return answer

    return asking
