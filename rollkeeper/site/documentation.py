# SPDX-License-Identifier: EUPL-1.2
"""The documentation for people who use or run the register, open to all in every app: the pages of `docs/`, drawn in the site's style.

A page is found in a list and never by a path; its markup is drawn without raw HTML. A link to something that is not served here becomes
plain text. The pages lie in the checkout; in an installed program they lie next to this module (`hatch_build.py`).
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rollkeeper.kernel.side_by_side import CHINESE, ENGLISH, TIBETAN

if TYPE_CHECKING:
    from markdown_it.token import Token

SECTIONS: Final[Sequence[tuple[str | Promise, Sequence[str]]]] = (
    (_("For subscribers"), ("docs/subscriber",)),
    (_("For staff"), ("docs/staff", "docs/permissions", "docs/lifecycle", "docs/odd-cases", "docs/disclosures", "docs/glossary")),
    (_("For auditors and authorities"), ("docs/ledger", "docs/reports", "docs/the-decision")),
    (
        _("For operators"),
        (
            "docs/install", "docs/operator", "docs/upgrading", "docs/import", "docs/notices", "docs/provisioning", "docs/documents",
            "docs/publishing", "docs/packs", "docs/settings",
        ),
    ),
    (
        _("Runbooks"),
        tuple(
            f"docs/runbook/{name}"
            for name in (
                "README", "campaign", "key-ceremony", "rotation", "restore", "own-servers", "servers", "disk", "loss-of-the-root",
                "alarm", "wrong-date", "lost-passwords",
            )
        ),
    ),
)  # fmt: skip
PAGES: Final = {page.lower(): page for _title, pages in SECTIONS for page in pages}
"""The pages by their addresses."""
INSTALLED: Final = Path(__file__).with_name("documentation_pages")
_CHECKOUT: Final = Path(__file__).parents[2]
_REMARK: Final = re.compile(r"<!--.*?-->\n*", re.DOTALL)
"""Remarks for writers, which are left out."""
_MENDED: Final = (
    ("<table", '<div class="rk-docs__wide" tabindex="0"><table'), ("</table>", "</table></div>"), ("<pre>", '<pre tabindex="0">'),
    ('<th class="govuk-table__header"></th>', "<td></td>"),
)  # fmt: skip
"""Replacements: parts that may be wider than a telephone can be scrolled by keyboard; the corner of a table is not a heading."""
_CLASSES: Final = {
    "p": "govuk-body", "ul": "govuk-list govuk-list--bullet", "ol": "govuk-list govuk-list--number", "h1": "govuk-heading-l",
    "h2": "govuk-heading-m", "h3": "govuk-heading-s", "table": "govuk-table", "thead": "govuk-table__head",
    "tbody": "govuk-table__body", "tr": "govuk-table__row", "th": "govuk-table__header", "td": "govuk-table__cell",
}  # fmt: skip


@login_not_required
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """List the pages."""
    language = get_language() or "en"
    listed = [
        (
            title,
            [(reverse("documentation_page", args=[page.lower()]), *_title(page, language)) for page in pages],
        )
        for title, pages in SECTIONS
    ]
    return render(request, "site/documentation.html", {"listed": listed})


@login_not_required
@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Show one page, in Chinese if there is a Chinese text."""
    if name not in PAGES:
        raise Http404
    language = get_language() or "en"
    title, spoken = _title(PAGES[name], language)
    shown = {
        "title": title,
        "spoken": spoken,
        "page": _drawn(PAGES[name], spoken),
        "is_foreign": spoken != language,
    }
    return render(request, "site/documentation.html", shown)


def _title(page: str, language: str) -> tuple[str, str]:
    """Return a page's title, and the language in which it is written."""
    spoken = CHINESE if language in {CHINESE, TIBETAN} and _file(page, CHINESE).is_file() else ENGLISH
    return _text(page, spoken).partition("\n")[0].removeprefix("# "), spoken


def _file(page: str, language: str) -> Path:
    folder = INSTALLED if INSTALLED.is_dir() else _CHECKOUT
    return folder / (f"{page}.zh-Hans.md" if language == CHINESE else f"{page}.md")


@cache
def _text(page: str, language: str) -> str:
    return _REMARK.sub("", _file(page, language).read_text("utf-8"))


@cache
def _drawn(page: str, language: str) -> SafeString:
    from markdown_it import MarkdownIt

    draw = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = draw.parse(_text(page, language))
    for at, token in enumerate(tokens):
        _dress(token)
        if token.type == "heading_open":
            token.attrSet("id", slugify(tokens[at + 1].content, allow_unicode=True))
        inside = token.children or []
        for nth, child in enumerate(inside):
            _lead(child, page)
            if child.type == "link_open" and child.tag == "span":
                next(one for one in inside[nth:] if one.type == "link_close").tag = "span"
            if child.type == "link_open" and (named := _page(inside[nth + 1].content, page)):
                inside[nth + 1].content, _spoken = _title(named, language)
    drawn: str = draw.renderer.render(tokens, draw.options, {})
    for part, mended in _MENDED:
        drawn = drawn.replace(part, mended)
    return mark_safe(drawn)  # noqa: S308 - drawn without raw HTML from the program's own pages


def _dress(token: "Token") -> None:
    if token.nesting == 1 and token.tag in _CLASSES:
        token.attrSet("class", _CLASSES[token.tag])


def _lead(token: "Token", page: str) -> None:
    """Let a link lead to the page here, or to the web; turn a link to a source file into plain text."""
    if token.type == "link_open":
        token.attrSet("class", "govuk-link")
        target = _target(str(token.attrGet("href") or ""), page)
        if target is not None:
            token.attrSet("href", target)
            return
        token.attrs = {}
        token.tag = "span"
    elif token.type == "image":
        token.type, token.children = "text", []


def _target(href: str, page: str) -> str | None:
    path, _hash, fragment = href.partition("#")
    if path.startswith(("https://", "http://")) or (not path and fragment):
        return href
    found = _page(path, page)
    return found and reverse("documentation_page", args=[found.lower()]) + (
        f"#{fragment}" if fragment else ""
    )


def _page(path: str, page: str) -> str | None:
    """Return the page to which a path in another page leads; None if that page is not served here."""
    if not path.endswith(".md"):
        return None
    parts: list[str] = []
    for part in (PurePosixPath(page).parent / path).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return PAGES.get("/".join(parts).removesuffix(".md").removesuffix(".zh-Hans").lower())
