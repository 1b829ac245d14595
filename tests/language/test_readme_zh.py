"""The Chinese README says as much as the English one: sections, commands, what proves each promise, pictures, links."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OTHER = {"README.md": "README.zh-Hans.md", "README.zh-Hans.md": "README.md"}
"""Each names the other."""
COMMENT = re.compile(r"\s+# .*$", re.MULTILINE)


def fenced(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def prose(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def sections(text: str) -> list[str]:
    return re.findall(r"^(#+) ", prose(text), re.MULTILINE)


def rows(text: str) -> list[list[set[str]]]:
    """Return what each cell of each table names in backquotes, but for the words."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[set(re.findall(r"`[^`]+`", cell)) for cell in line.split("|")] for line in lines]


def without_comments(text: str) -> list[tuple[str, str]]:
    return [(language, COMMENT.sub("", block)) for language, block in fenced(text)]


def comments(text: str) -> list[str]:
    return [comment for _, block in fenced(text) for comment in COMMENT.findall(block)]


@pytest.fixture(scope="module")
def english() -> str:
    return (ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def chinese() -> str:
    return (ROOT / "README.zh-Hans.md").read_text("utf-8")


def test_the_chinese_readme_has_the_same_sections(english: str, chinese: str):
    assert sections(chinese) == sections(english)
    assert len(sections(english)) > 4


def test_the_chinese_readme_runs_the_same_commands_each_with_its_comment(english: str, chinese: str):
    assert without_comments(chinese) == without_comments(english)
    assert len(comments(chinese)) == len(comments(english)) > 15
    assert [said for said in comments(chinese) if said.isascii()] == []


def test_the_chinese_readme_names_the_same_files_in_each_row(english: str, chinese: str):
    assert rows(chinese) == rows(english)


def test_the_chinese_readme_shows_the_same_pictures_and_links(english: str, chinese: str):
    links = re.compile(r"\]\(([^)]+)\)")
    wanted = [OTHER.get(link, link) for link in links.findall(english)]

    assert links.findall(chinese) == wanted
    assert len(wanted) > 25


def test_the_chinese_readme_names_the_same_commands_and_folders_in_its_prose(english: str, chinese: str):
    def named(text: str) -> set[str]:
        return set(re.findall(r"`([^`]+)`", prose(text)))

    assert named(chinese) == named(english)


def test_the_chinese_readme_writes_full_width_marks_and_no_straight_quotes(chinese: str):
    spoken = re.sub(r"`[^`]+`", "", prose(chinese))
    words = "\n".join([spoken, *comments(chinese)])
    written = re.sub(r"\]\([^)]*\)", "]", words)

    assert re.findall(r"[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]|[\u4e00-\u9fff]\.", written) == []
    assert '"' not in written
