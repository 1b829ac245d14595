# SPDX-License-Identifier: EUPL-1.2
"""Every bench runs at a tiny size, so that none breaks unseen. No time is asserted: that is what `make bench` is for.

Each bench asserts itself that the work was done which it measures. A new `bench_<name>.py` is covered by being there; what is
too slow at fifty, or goes another way at its second size, says in `TINY` at which sizes it is tried.
"""

import importlib
import math
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from django.db import connections
from django.urls import clear_url_caches

from rollkeeper.kernel import settings as kernel_settings
from rollkeeper.ledger import publication
from rollkeeper.site import urls
from tests.bench import __main__ as bench
from tests.bench import bench_campaign, bench_notices, bench_start, report
from tests.command_server import CommandServer
from tests.demo import copy_demo

SIZES = [50]
NOT_HAD = "was not to be had"
IN_FORKS = {"import", "memory", "simulate", "stages"}
"""What starts a program for each row: here it is forked from one that has imported everything."""
NEEDS = {"pages": ("chromium", "chromium-browser"), "smpp": ("node",)}


@pytest.fixture
def shared(committed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The instance of all tests, left with the settings, connections and addresses that it had. No network is asked for a rival."""
    monkeypatch.setenv("UV_OFFLINE", "1")
    file = kernel_settings.settings_file()
    before = file.read_text("utf-8")
    publication.last_checkpoint_file().unlink(missing_ok=True)  # of a ledger that another test has emptied
    yield
    publication.last_checkpoint_file().unlink(missing_ok=True)
    file.write_text(before, "utf-8")
    kernel_settings.forget_settings()
    connections.close_all()  # with whatever a bench has set on them
    importlib.reload(urls)  # as they are without an app
    clear_url_caches()


@pytest.mark.parametrize("name", bench.every_bench())
def test_a_bench_delivers_at_a_tiny_size(
    name: str,
    data_dir: Path,
    shared: None,
    command_server: CommandServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as put_back:
        put_back.setenv("ROLLKEEPER_HOME", str(data_dir))
        module = importlib.import_module(f"tests.bench.bench_{name}")
        moved = os.environ["ROLLKEEPER_HOME"]
    assert moved == str(data_dir), "the bench moves the instance by being imported"
    if name in NEEDS and not any(map(shutil.which, NEEDS[name])):
        pytest.skip(f"{' or '.join(NEEDS[name])} IS NOT HERE: the bench '{name}' is not tried")
    if name == "start":
        monkeypatch.setattr(bench_start, "make", _copied)
        # All of it is served in tests/journeys/test_restart.py: here the one app that is asked.
        served = [*bench_start.UV[:-1], "serve", "--no-worker", "--app", "backoffice"]
        monkeypatch.setattr(bench_start, "SERVE", served)
    if name in IN_FORKS:
        command_server.lend_command(tmp_path, with_python=True)
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    sizes = getattr(module, "TINY", SIZES)

    rows = bench.run(name, sizes)

    for what, count, seconds, baseline, ratio, limit in rows:
        assert what, rows
        assert count > 0, what
        assert math.isfinite(seconds), what
        assert seconds > 0, what
        if NOT_HAD in limit:
            assert (baseline, ratio) == (None, None), what
        elif baseline is not None:
            assert ratio is not None, what
            assert math.isclose(ratio, seconds / baseline) or math.isclose(ratio, baseline / seconds), what
        elif ratio is None:
            assert " / " not in what, f"{what}: what is said to be a ratio has none"
    assert report.table(rows).count("\n") == len(rows) + 1


def test_a_campaign_of_more_lines_than_are_notified_one_by_one_is_measured_too(
    shared: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_campaign, "MOST_NOTIFIED", 100)

    said = [what for what, *_ in bench.run("campaign", [200])]

    assert "campaign: a night with 4 lines due, all writes" in said
    assert "campaign: start every clock, notified in one night" not in said


def _copied(lines: int, environment: dict[str, str]) -> None:
    """Take the demo that the run has made already; what is tried is how it is started and looked at."""
    copy_demo(Path(environment["ROLLKEEPER_HOME"]))


def test_a_bench_that_delivers_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    import tests.bench.bench_simulate as hollow

    monkeypatch.setattr(hollow, "run", lambda _: [])

    with pytest.raises(AssertionError, match="simulate has measured nothing"):
        bench.run("simulate", SIZES)


def _measured(sizes: list[int]) -> list[report.Row]:
    """Give the rows of a bench that a test of all benches runs: here it is asked how they are kept."""
    sent = [("notices: of this, send", size, 0.5 + size / 100, None, None, "") for size in sizes]
    return sent + [("notices: send by the file outbox", size, 1.5, 1.0, 1.5, "") for size in sizes]


def test_a_run_renews_values_tables_and_picture_and_keeps_other_sizes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_notices, "run", _measured)
    (tmp_path / "measured.md").write_text(f"# Measured\n\nBy hand.\n\n{report.BEGINS}\n", "utf-8")
    other = report.Measured("other", "other: kept", "7", "1", "2", "0.50", "1", "2026-11-25", "a machine")
    (tmp_path / "measured.csv").write_text(
        ",".join(asdict(other)) + "\n" + ",".join(asdict(other).values()) + "\n", "utf-8"
    )

    bench.main(["--sizes", "50,60", "--to", str(tmp_path), "notices"])
    bench.main(["--sizes", "60,70", "--to", str(tmp_path), "notices"])

    page = (tmp_path / "measured.md").read_text("utf-8")
    kept = report.read(tmp_path / "measured.csv")
    assert [one.n for one in kept if one.what.endswith("of this, send")] == ["50", "60", "70"]
    assert other in kept
    assert page.startswith("# Measured\n\nBy hand.\n")
    assert "|kept|7|1|0.50|1|" in page
    assert page.count("![notices") == 1
    assert (tmp_path / "pictures" / "measured-notices.svg").read_text("utf-8").startswith("<svg")


def test_a_run_is_kept_in_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    row = ("simulate: 50 lines", 50, 1.5, 1.0, 1.5, "at most 2")

    report.renew("simulate", [row], tmp_path / "new")

    assert [one.n for one in report.read(tmp_path / "new" / "measured.csv")] == ["50"]
    assert "|50 lines|50|1.5|1.50|at most 2|" in (tmp_path / "new" / "measured.md").read_text("utf-8")


def test_the_tables_on_the_page_are_those_of_the_kept_values():
    page = (report.DOCS / "measured.md").read_text("utf-8")

    assert page == report.page_with_tables(page), "run `python -m tests.bench.report`"
