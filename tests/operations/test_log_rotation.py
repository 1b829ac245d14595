# SPDX-License-Identifier: EUPL-1.2
"""Logs that do not grow for ever: bounded, in whole lines, for their owner alone, in the order in which it was said."""

import os
import stat

import pytest

from rollkeeper.operations.log_rotation import BoundedLog, log_output

LINE = b"counter GET /register/ 200 12 ms\n"
LARGEST = 10 * len(LINE)


@pytest.fixture
def log(tmp_path):
    log = BoundedLog(tmp_path / "logs" / "counter.log", largest_bytes=LARGEST, kept=2)
    yield log
    log.close()


def sizes(folder):
    return {file.name: file.stat().st_size for file in (folder / "logs").iterdir()}


@pytest.mark.parametrize(("lines", "files"), [(9, 1), (10, 1), (11, 2), (21, 2), (22, 3), (500, 3)])
def test_a_full_file_is_put_aside_and_the_oldest_goes(log, tmp_path, lines, files):
    for _ in range(lines):
        log.write(LINE)

    assert len(sizes(tmp_path)) == files
    assert max(sizes(tmp_path).values()) <= LARGEST + len(LINE)


def test_nothing_is_lost_before_the_oldest_goes_and_lines_stay_whole(log, tmp_path):
    said = b"".join(b"%05d a line that somebody said\n" % n for n in range(25))
    for start in range(0, len(said), 7):
        log.write(said[start : start + 7])

    kept = [tmp_path / "logs" / name for name in ("counter.log.2", "counter.log.1", "counter.log")]
    assert b"".join(file.read_bytes() for file in kept) == said
    assert all(file.read_bytes().endswith(b"\n") for file in kept)


def test_its_owner_alone_reads_it_whatever_it_was_before(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "counter.log").write_bytes(LINE * 20)
    (tmp_path / "logs" / "counter.log").chmod(0o644)
    log = BoundedLog(tmp_path / "logs" / "counter.log", largest_bytes=LARGEST, kept=2)

    log.write(LINE * 2)
    log.close()

    assert sorted(sizes(tmp_path)) == ["counter.log", "counter.log.1"]
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "logs").iterdir()}
    assert modes == {0o600}


def test_a_flood_without_lines_is_bounded_too(log, tmp_path):
    for _ in range(200):
        log.write(b"x" * 50)

    assert max(sizes(tmp_path).values()) <= 2 * LARGEST + 50


def test_piped_output_is_logged_to_its_end_and_a_full_disk_blocks_nothing(tmp_path, monkeypatch):
    full = [True]
    write = BoundedLog.write

    def sometimes(self, piece):
        if full[0]:
            raise OSError(28, "No space left on device")
        write(self, piece)

    monkeypatch.setattr(BoundedLog, "write", sometimes)
    reading, writing = os.pipe()
    thread = log_output(os.fdopen(reading, "rb"), tmp_path / "logs" / "backoffice.log")
    os.write(writing, LINE * 4000)  # more than a pipe's buffer: it must be read

    full[0] = False
    os.write(writing, b"the last line\n")
    os.close(writing)
    thread.join(5)

    assert not thread.is_alive()
    assert (tmp_path / "logs" / "backoffice.log").read_bytes().endswith(b"the last line\n")
