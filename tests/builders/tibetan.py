"""Texts without a Tibetan translation, like new texts."""

import pytest
from django.utils.translation import trans_real


def catalogues() -> list[dict[object, str]]:
    """Return the catalogues that make up the Tibetan translation."""
    found: list[dict[object, str]] = trans_real.translation("bo")._catalog._catalogs
    return found


def take_tibetan(monkeypatch: pytest.MonkeyPatch, context: str | None, *texts: str) -> None:
    """Remove the Tibetan translation of these texts for one test."""
    for text in texts:
        key = f"{context}\x04{text}" if context else text
        for catalogue in catalogues():
            monkeypatch.delitem(catalogue, key, raising=False)
