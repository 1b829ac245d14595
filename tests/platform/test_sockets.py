# SPDX-License-Identifier: EUPL-1.2
"""The folder of the servers' sockets, which another user of the machine may make before: its name in /tmp can be guessed."""

import os
import stat
from pathlib import Path

import pytest

from rollkeeper.kernel import stores
from rollkeeper.platform import embedded_postgres


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the sockets are to lie."""
    place = tmp_path / "rollkeeper-0-0123456789abcdef"
    monkeypatch.setenv("ROLLKEEPER_SOCKETS", str(place))
    return place


def mode(place: Path) -> int:
    return stat.S_IMODE(place.stat().st_mode)


def test_a_folder_of_sockets_is_passed_through_and_not_listed_by_others(folder: Path) -> None:
    embedded_postgres._prepare_socket(stores.REGISTER)

    assert mode(folder) == 0o711


def test_a_link_that_another_user_laid_there_leads_to_no_other_folder(folder: Path, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    folder.symlink_to(private)

    with pytest.raises(PermissionError):
        embedded_postgres._prepare_socket(stores.REGISTER)

    assert (mode(private), list(private.iterdir())) == (0o700, [])


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root makes a folder of another user.")
def test_a_folder_that_another_user_made_is_refused(folder: Path) -> None:
    folder.mkdir()
    os.chown(folder, 65534, 65534)

    with pytest.raises(PermissionError):
        embedded_postgres._prepare_socket(stores.REGISTER)

    assert list(folder.iterdir()) == []


def test_what_others_could_write_before_holds_nothing_of_theirs(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "register").symlink_to(folder.parent)

    with pytest.raises(PermissionError):
        embedded_postgres._prepare_socket(stores.REGISTER)
