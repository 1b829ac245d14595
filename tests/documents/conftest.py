# SPDX-License-Identifier: EUPL-1.2
"""Fonts, without which no specimen can be drawn, and one worker for all tests of the package."""

import io
from pathlib import Path

import pytest
from PIL import Image

FONTS = (
    "opentype/ocr-b/OCRB.otf",
    "truetype/noto/NotoSans-Regular.ttf",
    "opentype/noto/NotoSansCJK-Regular.ttc",
)


@pytest.fixture(scope="session")
def fonts() -> None:
    missing = [name for name in FONTS if not (Path("/usr/share/fonts") / name).exists()]
    if missing:
        pytest.skip(f"no fonts for specimens (Debian: fonts-ocr-b fonts-noto-core fonts-noto-cjk): {missing}")


@pytest.fixture(scope="session")
def ocr_models():
    from rollkeeper.documents.reading.ocr_models import OcrModels

    return OcrModels()


@pytest.fixture(scope="session")
def photographed(fonts, ocr_models):
    """A photographed passport and what an attacker's OCR reads on it, made once: to read a picture takes two seconds."""
    from tests.documents import recall

    ((drawn, data, _),) = recall.documents(1, first=recall.A_PASSPORT)
    return drawn, recall.lines_on(Image.open(io.BytesIO(data)), ocr_models)
