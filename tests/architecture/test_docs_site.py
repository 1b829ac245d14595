# SPDX-License-Identifier: EUPL-1.2
"""The documentation site builds without a network, and every link in it leads somewhere."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from rollkeeper.operations import docs_site

LOADED = re.compile(r"<(?:link|script|img)[^>]*(?:href|src)=\"?https?://[^>]*>")


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the configuration and all pages of the site."""
    root = tmp_path_factory.mktemp("site")
    shutil.copy(docs_site.ROOT / docs_site.CONFIG, root)
    docs_site.gather(root)
    return root


def test_the_site_builds_from_every_page_and_loads_nothing_from_elsewhere(gathered: Path):
    docs_site.build(gathered)

    site = gathered / "build" / "site"
    pages = {page.relative_to(site).as_posix(): page.read_text("utf-8") for page in site.rglob("*.html")}
    assert "rollkeeper campaign prepare" in pages["docs/commands.html"]
    assert "approval_needed" in pages["docs/errors.html"]
    assert "0001-licence.html" in pages["docs/decisions/index.html"]
    assert [tag for page in pages.values() for tag in LOADED.findall(page)] == []


def test_a_broken_link_and_a_page_outside_the_navigation_are_found(gathered: Path, tmp_path: Path):
    root = shutil.copytree(gathered, tmp_path / "site", ignore=shutil.ignore_patterns("build/site"))
    pages = root / docs_site.GATHERED
    (pages / "docs" / "lost.md").write_text("# Lost\n\n![a](pictures/none.png) [b](none.md)\n", "utf-8")
    (pages / "CONTRIBUTING.md").unlink()

    ends = docs_site.loose_ends(root)

    assert "docs/lost.md: pictures/none.png" in ends
    assert "docs/lost.md: none.md" in ends
    assert "not in the navigation: docs/lost.md" in ends
    assert "no page: CONTRIBUTING.md" in ends


def test_a_link_to_a_missing_heading_ends_the_build(tmp_path: Path):
    page = tmp_path / docs_site.GATHERED / "README.md"
    page.parent.mkdir(parents=True)
    page.write_text("# A\n\n[b](#none)\n", "utf-8")
    (tmp_path / docs_site.CONFIG).write_text(
        f'[project]\nsite_name = "A"\ndocs_dir = "{docs_site.GATHERED}"\nnav = ["README.md"]\n', "utf-8"
    )

    with pytest.raises(subprocess.CalledProcessError):
        docs_site.build(tmp_path)
