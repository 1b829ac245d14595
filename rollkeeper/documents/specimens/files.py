# SPDX-License-Identifier: EUPL-1.2
"""Writes specimens into a folder, each with a JSON file that says what is printed on it."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from rollkeeper.documents.errors import UNKNOWN_SPECIMEN
from rollkeeper.documents.specimens.degradation import degrade, random_degradation
from rollkeeper.documents.specimens.drawing import Kind, make_specimen

_FORMS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP", "pdf": "PDF"}


def kinds_called(name: str) -> tuple[Kind, ...]:
    """Return the kinds for a word. Refuses: UNKNOWN_SPECIMEN."""
    if name == "all":
        return tuple(Kind)
    if name not in set(Kind):
        raise UNKNOWN_SPECIMEN(known=", ".join(Kind))
    return (Kind(name),)


def write_specimens(
    folder: Path, *, kinds: Sequence[Kind], seeds: Sequence[int], form: str, photographed: bool
) -> Iterator[Path]:
    """Write a specimen of each kind for each seed and give their files. Refuses: UNKNOWN_SPECIMEN, FONT_MISSING."""
    if form not in _FORMS:
        raise UNKNOWN_SPECIMEN(known=", ".join(_FORMS))
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        for kind in kinds:
            drawn = make_specimen(kind, seed=seed)
            image = degrade(drawn.image, random_degradation(seed), seed=seed) if photographed else drawn.image
            file = folder / f"{kind.value}-{seed}.{form}"
            _save(image, file, form=form)
            truth = json.dumps(dict(drawn.printed), ensure_ascii=False, indent=1)
            file.with_suffix(".json").write_text(truth + "\n", "utf-8")
            yield file


def _save(image: Image.Image, file: Path, *, form: str) -> None:
    if form == "jpeg":
        image.save(file, "JPEG", quality=90)
    else:
        image.save(file, _FORMS[form])
