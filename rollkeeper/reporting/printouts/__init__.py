# SPDX-License-Identifier: EUPL-1.2
"""A readable report: every table with a bar next to each figure, hidden cells marked as hidden, the source."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.reporting.labels import labels_in, titles_of

LANGUAGES = ("en", "zh-hans", "bo")
_LATIN = "Noto Sans"
_SCRIPTS = {"zh-hans": "Noto Sans CJK SC", "bo": "Noto Serif Tibetan"}
_MONO = "DejaVu Sans Mono"


class ReportFontsMissing(RollkeeperError):
    """The fonts of a report are not on this machine."""

    code = "report_fonts_missing"
    kind = Kind.INTERNAL
    sentence = "The report cannot be drawn: this machine lacks {fonts}."
    remedy = (
        "Install them (Debian: fonts-noto-core, fonts-noto-cjk, fonts-dejavu-core) or choose --language en."
    )


def pdf(report: Mapping[str, Any], *, language: str, digest: str) -> bytes:
    """Return the report as a PDF in one language. Refuses: ReportFontsMissing."""
    import typst

    fonts = typst.Fonts(include_embedded_fonts=False)
    wanted = [_LATIN, *([_SCRIPTS[language]] if language in _SCRIPTS else [])]
    missing = [name for name in wanted if name not in fonts.families()]
    if missing:
        raise ReportFontsMissing(fonts=", ".join(missing))
    data = {
        "report": report, "digest": digest, "fonts": wanted, "language": language,
        "mono": _MONO if _MONO in fonts.families() else _LATIN, "titles": titles_of(language), "words": dict(labels_in(language)),
    }  # fmt: skip
    sheet = (files("rollkeeper") / "reporting" / "printouts" / "report.typ").read_bytes()
    made = typst.Compiler(input=sheet, font_paths=fonts).compile(
        format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)}
    )
    if not isinstance(made, bytes):
        raise TypeError("one report is one file")
    return made
