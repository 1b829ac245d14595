# SPDX-License-Identifier: EUPL-1.2
"""The page that checks a receipt in a browser, with no server behind it: one file, made of its code and the catalogue.

Its policy names its script and its style by their hashes and allows nothing else: it can neither load nor send.
"""

import base64
import json
import re
from collections.abc import Collection, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from rollkeeper.kernel.accepted_languages import has_reader, spoken_of
from rollkeeper.kernel.side_by_side import as_plain_text, no_reader_note
from rollkeeper.ledger.choices import ErasureGround
from rollkeeper.ledger.labels import ACTION_LABELS

LANGUAGES = {"en": "English", "zh-hans": "简体中文", "bo": "བོད་ཡིག"}
TEXTS = {
    "title": _("Check a receipt"),
    "intro": _(
        "This page needs no server and sends nothing. Save it, disconnect from the network, and it still works."
    ),
    "key_label": _("The key of the ledger"),
    "key_hint": _(
        "One line. Get it from a source other than the receipt: a printed notice, the authority's site, a person you trust."
    ),
    "witnesses_label": _("The keys of witnesses, if you have any"),
    "witnesses_hint": _(
        "One line each, from the witnesses themselves. They cosign only what continues the ledger that they saw before."
    ),
    "receipt_label": _("The receipt"),
    "receipt_hint": _("Paste the text out of the square."),
    "file_label": _("Drop the receipt here, or choose it"),
    "file_hint": _("Its file, or a picture of its square. Nothing is sent."),
    "no_square": _("No square could be read in this picture. Scan it with a telephone and paste its text."),
    "expert": _("For experts: the key, and witnesses"),
    "key_published": _(
        "It is checked with the key that this operator publishes. If the operator is the one you doubt, compare the key with one that you have from elsewhere."
    ),
    "key_other": _("It is checked with the key that you entered."),
    "check": _("Check"),
    "proven": _("This receipt is valid: the act is in the ledger."),
    "signed_entry": _(
        "This receipt is valid: the operator has signed the act and owes the proof that it is in the ledger."
    ),
    "in_part": _("The act is in the ledger, but a part of this receipt was left out."),
    "left_out": _(
        "Left out: %(count)s. The operator's receipts leave out nothing: someone removed parts of this one, such as the line it is about. Ask for the whole receipt."
    ),
    "bad": _("This receipt proves nothing."),
    "cannot": _("Nothing could be checked."),
    "why_form": _("The receipt is incomplete. Copy all of it, from the first line to the last."),
    "why_key": _("It was not signed with this key."),
    "why_signature": _("The receipt's text was changed after it was signed."),
    "why_tree": _("The ledger holds a different entry at this place."),
    "why_cosignature": _(
        "A witness's cosignature under it is wrong: it was made for another ledger, or made up. Keep this receipt."
    ),
    "key_bad": _("That is not the key of a ledger: one line with two plus signs, or more."),
    "witness_bad": _("One of the lines is not the key of a witness: one line each, with two plus signs, or more."),
    "old": _("This browser cannot check such signatures. Use a newer one."),
    "insecure": _("A browser checks signatures in a saved file alone: save this page and open the saved file."),
    "done": _("What was done"),
    "day": _("Day"),
    "article": _("Article"),
    "line": _("Reference of the line"),
    "ground": _("Ground"),
    "last_day_kept": _("Last day kept"),
    "ledger": _("Ledger"),
    "place": _("Place in the ledger"),
    "place_of": _("%(index)s, counted from 0, of %(size)s"),
    "cosigned_title": _("Witnesses"),
    "cosigned": _("%(name)s cosigned this ledger: %(at)s."),
    "cosigned_not": _("%(name)s did not cosign this ledger."),
    "cosigned_unread": _(
        "%(name)s signs with ML-DSA-44, which browsers cannot check. The receipt was not checked; use auditor.py or rollkeeper."
    ),
    "others": _("Signatures of others, such as witnesses, that were not checked here: %(count)s."),
    "whole": _("The whole entry"),
    "rest": _("What is left of the entry"),
}  # fmt: skip


def check_page(published: str = "") -> str:
    """Return the whole page, in the languages in which this instance speaks, with the key that the operator publishes filled in."""
    spoken = spoken_of(LANGUAGES)
    return _page(tuple(spoken), tuple(one for one in spoken if not has_reader(one)), published)


@cache
def _page(spoken: tuple[str, ...], unread: tuple[str, ...], published: str) -> str:
    key = json.dumps(published).replace("<", "\\u003c")
    page = _source().replace("{policy}", policy()).replace("{published}", key)
    return page.replace("{words}", _words(spoken, unread))


@cache
def policy() -> str:
    """Return what the page may do: run this script, use this style, nothing else."""
    return "; ".join(f"{name} {' '.join(values)}" for name, values in _policy().items())


def header_policy() -> dict[str, list[str]]:
    """Return the same for the header of a server that serves the page: only a header can say who may frame it."""
    return _policy() | {"frame-ancestors": ["'none'"]}


def _policy() -> dict[str, list[str]]:
    return {
        "default-src": ["'none'"], "script-src": [_hash_of("script")], "style-src": [_hash_of("style")],
        "img-src": ["data:"], "base-uri": ["'none'"], "form-action": ["'none'"],
    }  # fmt: skip


def _source() -> str:
    return (files("rollkeeper") / "ledger" / "printouts" / "check-receipt.html").read_text("utf-8")


def _hash_of(tag: str) -> str:
    (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", _source(), re.DOTALL)
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


def _words(spoken: Sequence[str], unread: Collection[str]) -> str:
    said = {}
    for language in spoken:
        with translation.override(language):
            said[language] = {
                "name": LANGUAGES[language],
                "note": no_reader_note(language, spoken) if language in unread else "",
                "texts": {key: str(text) for key, text in TEXTS.items()},
                "done": {str(verb): str(text) for verb, text in ACTION_LABELS.items()},
                "grounds": {ground: str(text) for ground, text in ErasureGround.choices},
            }
    return as_plain_text(json.dumps(said, ensure_ascii=False, indent=1)).replace("<", "\\u003c")
