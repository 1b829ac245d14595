# SPDX-License-Identifier: EUPL-1.2
"""A readable report: every table with a bar next to each figure, hidden cells marked as hidden, the source."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from django.utils import translation

from rollkeeper.kernel.accepted_languages import NO_READER, has_reader, is_spoken
from rollkeeper.kernel.extras import needs_extra
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.side_by_side import CHINESE, TIBETAN, as_plain_text
from rollkeeper.law.packs import load_pack
from rollkeeper.reporting.errors import REPORT_FONTS_MISSING
from rollkeeper.reporting.labels import labels_by_law, step_label, title_of, titles_of
from rollkeeper.reporting.report_parts import CAMPAIGN, PARTS, campaign_steps, part_of

LANGUAGES = ("en", "zh-hans", "bo")
_LATIN = "Noto Sans"
_SCRIPTS = {"zh-hans": "Noto Sans CJK SC", "bo": "Noto Serif Tibetan"}
_MONO = "DejaVu Sans Mono"


def pdf(report: Mapping[str, Any], *, language: str, digest: str) -> bytes:
    """Return the report as a PDF in one language. Refuses: REPORT_FONTS_MISSING."""
    with needs_extra("print"):
        import typst

    fonts = typst.Fonts(include_embedded_fonts=False)
    scripts = [language, CHINESE] if language == TIBETAN and is_spoken(CHINESE) else [language]
    wanted = [_LATIN, *(_SCRIPTS[one] for one in scripts if one in _SCRIPTS)]
    missing = [name for name in wanted if name not in fonts.families()]
    if missing:
        raise REPORT_FONTS_MISSING(fonts=", ".join(missing))
    law = load_pack(instance().pack)
    titles = titles_of(language) | {
        one["table"]: title_of(one["table"], language, law) for one in report["tables"]
    }
    words = dict(labels_by_law(language, law))
    data = {
        "report": report, "digest": digest, "fonts": wanted, "language": language,
        "mono": _MONO if _MONO in fonts.families() else _LATIN, "titles": titles, "words": words, "note": _note(language),
        "parts": [
            {
                "title": words[f"part_{part}"], "tables": [one for one in report["tables"] if part_of(one) == part],
                "steps": [
                    {"name": step_label(one, language, words, law), "figures": one.figures}
                    for one in (campaign_steps(report) if part == CAMPAIGN else [])
                ],
            }
            for part in PARTS
        ],
    }  # fmt: skip
    sheet = (files("rollkeeper") / "reporting" / "printouts" / "report.typ").read_bytes()
    made = typst.Compiler(input=sheet, font_paths=fonts).compile(
        format="pdf", sys_inputs={"data": as_plain_text(json.dumps(data, ensure_ascii=False))}
    )
    if not isinstance(made, bytes):
        raise TypeError("one report is one file")
    return made


def _note(language: str) -> str:
    with translation.override(language):
        return "" if has_reader(language) else str(NO_READER)
