# SPDX-License-Identifier: EUPL-1.2
"""Refused rows are named in a reject file, and nothing of anybody's is lost by that."""

from rollkeeper.imports.errors import REJECT_FILE_NOT_WRITABLE
from rollkeeper.imports.reject_file import RejectFile, require_writable
from rollkeeper.imports.row_errors import EMPTY, RowError
from tests.refusals import refusing


def test_a_file_that_holds_something_else_is_not_replaced(tmp_path):
    export = tmp_path / "customers.csv"
    export.write_text("number,service\n", "utf-8")

    with refusing(REJECT_FILE_NOT_WRITABLE, match="something else"):
        require_writable(export)

    assert export.read_text("utf-8") == "number,service\n"


def test_a_device_a_folder_and_a_place_in_no_folder_are_refused(tmp_path):
    device = tmp_path / "device"
    device.symlink_to("/dev/null")

    for place in (device, tmp_path, tmp_path / "nowhere" / "refused.csv"):
        with refusing(REJECT_FILE_NOT_WRITABLE):
            require_writable(place)


def test_a_new_place_and_the_side_file_of_an_earlier_import_are_fine(tmp_path):
    old = tmp_path / "old.csv"
    old.write_text("row,column,reason,remedy\r\n2,number,empty,Fill it in.\r\n", "utf-8")

    require_writable(old)
    require_writable(tmp_path / "new.csv")

    with RejectFile(old, keep_through_row=0):
        assert not old.exists()


def test_links_that_wait_in_the_folder_are_never_written_through(tmp_path):
    of_root = tmp_path / "of_root"
    of_root.write_bytes(b"row,column,reason,remedy\r\n")  # even one that looks like an old reject file
    refused = tmp_path / "lines.csv.refused.csv"
    for name in (refused, tmp_path / f"{refused.name}.new"):
        name.symlink_to(of_root)

    require_writable(refused)
    with RejectFile(refused, keep_through_row=0) as file:
        file.write([RowError(2, "number", EMPTY)])

    assert of_root.read_bytes() == b"row,column,reason,remedy\r\n"
    assert not refused.is_symlink()
