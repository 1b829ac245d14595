"""Texts that have no Tibetan, as those that were written today."""

import pytest
from django.utils.translation import trans_real


def catalogues() -> list[dict[object, str]]:
    """Return the catalogues of which the Tibetan translation is made."""
    found: list[dict[object, str]] = trans_real.translation("bo")._catalog._catalogs
    return found


def take_tibetan(monkeypatch: pytest.MonkeyPatch, context: str | None, *texts: str) -> None:
    """Let these texts have no Tibetan for the length of a test."""
    for text in texts:
        key = f"{context}\x04{text}" if context else text
        for catalogue in catalogues():
            monkeypatch.delitem(catalogue, key, raising=False)
