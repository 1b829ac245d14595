# SPDX-License-Identifier: EUPL-1.2
"""Follows the links of an app as its users do, and sends each form that it finds, with odd values in some fields."""

import random
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from tests.examples import EXAMPLES

ODD = (
    "", "x" * 6000, "\0", "🙂" * 50, "-1", "0", "9" * 20, "2012-02-30", "9999-12-31", "0001-01-01", "abc\0", "../../etc/passwd",
    "'; --", "01a22a2c-32f1-7751-9d46-000000000000", "no-uuid", "NaN", "1e400", "\uffff", "+86139", "<b>x</b>", "%", "{}", "[]", "٣", "１２",
)  # fmt: skip
MOST_PAGES = 60
ENDS_IT = ("logout", "sign-out", "password", "sessions", "2fa", "reauthenticate", "/close/", "setlang")
"""What would end the walk: the session, the account, or an incident for the others."""


class Stays(HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_):
        return None


class Reader(HTMLParser):
    """The links of a page, and its forms that send something: where to, and what."""

    def __init__(self, text):
        super().__init__()
        self.links, self.forms, self._fields, self._select = [], [], None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag == "form":
            self._fields = {}
            if given.get("method", "").lower() == "post":
                self.forms.append((given.get("action") or "", self._fields))
        if self._fields is None:
            return
        if tag == "select":
            self._select = given.get("name")
        if tag == "option" and self._select:
            self._fields[self._select] = given.get("value") or ""
        if tag in {"input", "textarea", "button"} and given.get("name"):
            self._fields[given["name"]] = given.get("value") or ""

    def handle_endtag(self, tag):
        if tag == "form":
            self._fields = None
        if tag == "select":
            self._select = None


class Walker:
    """One person at one app."""

    def __init__(self, base):
        self.base = base
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), Stays)

    def ask(self, path, form=None):
        """Return the status, the text and the address of a redirect."""
        data = None if form is None else urlencode(form, errors="surrogatepass").encode()
        request = Request(  # noqa: S310 - our own app
            urljoin(self.base, path), data, {"Accept": "text/html", "Referer": self.base, "Origin": self.base}
        )
        try:
            answer = self._opener.open(request, timeout=60)
        except HTTPError as refused:
            answer = refused
        with answer:
            return answer.status, answer.read().decode(errors="replace"), answer.headers.get("Location") or ""

    def sign_in(self, username, password):
        """Sign in as a browser does."""
        fields = next(one for _, one in Reader(self.ask("/account/login/")[1]).forms if "password" in one)
        status, _, _ = self.ask("/account/login/", fields | {"login": username, "password": password})
        assert status == 302

    def walk(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Yield the forms of all linked pages, one of each kind."""
        seen, met, waiting = set(), set(), ["/"]
        while waiting and len(seen) < MOST_PAGES:
            path = waiting.pop(0)
            if (kind := _kind(path)) in seen or any(word in path for word in ENDS_IT):
                continue
            seen.add(kind)
            status, text, leads_to = self.ask(path)
            assert status < 500, path
            page = Reader(text)
            waiting += [urlsplit(one).path for one in (leads_to, *page.links) if one.startswith("/")]
            for action, fields in page.forms:
                where = urljoin(path, action)
                if (form := (_kind(where), *sorted(fields))) not in met:
                    met.add(form)
                    yield path, where, fields


def send_odd_values(
    walker: Walker, chance: random.Random
) -> tuple[int, list[tuple[str, str, int, dict[str, str]]]]:
    """Send all forms, by `make soak` many times; return how often something was sent, and what made the app crash."""
    sent, crashed = 0, []
    for page, where, fields in list(walker.walk()):
        names = [name for name in fields if name != "csrfmiddlewaretoken"]
        if not names or any(word in where for word in ENDS_IT):
            continue
        for _ in range(EXAMPLES):
            odd = {name: chance.choice(ODD) for name in chance.sample(names, chance.randint(1, len(names)))}
            status, _, _ = walker.ask(where, fields | odd)
            sent += 1
            if status >= 500:
                crashed.append((page, where, status, {name: value[:20] for name, value in odd.items()}))
    return sent, crashed


def _kind(path):
    """Return an address without what names one of many."""
    return re.sub(r"[0-9a-f-]{36}|\d+", "#", path)
