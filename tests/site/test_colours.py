# SPDX-License-Identifier: EUPL-1.2
"""The colours of every page, light and dark: what is read has the contrast that WCAG 2.2 AA asks for, and no partial has its own."""

import re
from pathlib import Path

import pytest

STYLES = Path(__file__).parents[2] / "rollkeeper" / "site" / "styles"
TEXT = [
    ("text", "paper"), ("text", "wash"), ("text", "warn"), ("text", "bad"), ("text", "ok"), ("text", "quiet-button"),
    ("text", "quiet-button-hover"), ("dim", "paper"), ("dim", "wash"), ("link", "paper"), ("link", "wash"), ("link", "warn"),
    ("harm-text", "paper"), ("harm-text", "bad"), ("harm-text", "wash"), ("header-text", "header"), ("count-text", "count"),
]  # fmt: skip
SHAPES = [
    ("link", "paper"), ("quiet-line", "paper"), ("ok-line", "paper"), ("bad-line", "paper"), ("go", "paper"),
    ("stage-out_of_scope", "paper"), ("stage-suspended", "paper"), ("stage-terminated", "paper"),
]  # fmt: skip


def colours(part):
    return dict(re.findall(r"--rk-([\w-]+): (#[0-9a-f]+);", part))


def schemes():
    light, dark = (
        (STYLES / "_colours.scss").read_text("utf-8").split("@media screen and (prefers-color-scheme: dark)")
    )
    return {"light": colours(light), "dark": colours(light) | colours(dark)}


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first, second):
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_can_be_read_in_both_schemes(scheme, front, back):
    found = schemes()[scheme]

    assert contrast(found[front], found[back]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), SHAPES)
def test_shapes_can_be_seen_in_both_schemes(scheme, front, back):
    found = schemes()[scheme]

    assert contrast(found[front], found[back]) >= 3


def test_black_on_white_has_the_contrast_that_everybody_knows():
    assert round(contrast("#000000", "#fff")) == 21


@pytest.mark.parametrize(
    "partial", sorted(path.name for path in STYLES.glob("_*.scss") if path.name != "_colours.scss")
)
def test_no_partial_has_a_colour_of_its_own(partial):
    written = re.sub(r"//.*", "", (STYLES / partial).read_text("utf-8"))
    found = [one for one in re.findall(r"#[0-9a-f]{3,6}\b", written) if one not in {"#000", "#fff"}]

    assert not found, f"{partial}: write var(--rk-…) and put {found} into _colours.scss"
