"""Files are written whole, and not through a link that another user laid."""

import base64
from contextlib import suppress

import pytest

from rollkeeper.kernel.files import creating, made_once, new_draft, replacing, write_atomically
from rollkeeper.notices.verp import return_secret
from rollkeeper.provisioning.gateways.signing import webhook_secret


def test_a_link_in_the_place_of_the_file_is_replaced_and_not_followed(tmp_path):
    target = tmp_path / "of-another"
    target.write_text("kept")
    link = tmp_path / "rows.refused.jsonl"
    link.symlink_to(target)

    write_atomically(link, b"refused")

    assert (target.read_text(), link.is_symlink(), link.read_text()) == ("kept", False, "refused")


def test_the_names_of_two_drafts_differ(tmp_path):
    drafts = [new_draft(tmp_path / "file") for _ in range(2)]
    for _, out in drafts:
        out.close()

    assert len({path for path, _ in drafts}) == 2


def test_after_a_fault_the_file_is_as_before_and_no_draft_is_left(tmp_path):
    file = tmp_path / "file"
    file.write_text("before")

    def write_half():
        with replacing(file) as out:
            out.write(b"half")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        write_half()

    assert (file.read_text(), [one.name for one in tmp_path.iterdir()]) == ("before", ["file"])


def test_a_new_file_is_its_owners_alone_unless_said_otherwise(tmp_path):
    write_atomically(tmp_path / "secret", b"")
    write_atomically(tmp_path / "public", b"", mode=0o644)

    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("secret", "public")] == [0o600, 0o644]


def test_a_file_that_is_created_is_its_owners_alone_and_goes_after_a_fault(tmp_path):
    file = tmp_path / "new"
    with creating(file) as out:
        out.write(b"whole")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"whole", 0o600)
    with pytest.raises(FileExistsError):
        creating(file)
    assert file.read_bytes() == b"whole"

    other = tmp_path / "other"
    with suppress(TypeError), creating(other) as out:
        out.write(b"ha")
        out.write("no bytes")
    assert not other.exists()


def test_no_file_is_created_through_a_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(FileExistsError):
        creating(tmp_path / "link")

    assert not (tmp_path / "elsewhere").exists()


def test_a_file_made_once_is_its_owners_alone_and_stays_what_it_was(tmp_path):
    file = tmp_path / "secrets" / "key"

    found = [made_once(file, lambda: b"first"), made_once(file, lambda: b"second")]

    assert found == [b"first", b"first"]
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert list(file.parent.iterdir()) == [file]


def test_of_two_makers_of_a_file_the_second_keeps_what_the_first_wrote(tmp_path):
    file = tmp_path / "key"

    assert made_once(file, lambda: (made_once(file, lambda: b"first"), b"second")[1]) == b"first"


@pytest.mark.parametrize("secret", [return_secret, webhook_secret])
def test_a_secret_that_was_broken_off_when_made_is_made_the_next_time(data_dir, monkeypatch, secret):
    def killed(*_):
        raise KeyboardInterrupt

    for name in ("bounces.key", "webhook.key"):  # which an earlier test may have made
        (data_dir / "secrets" / name).unlink(missing_ok=True)
    with monkeypatch.context() as dying:
        dying.setattr(base64, "b64encode", killed)
        with pytest.raises(KeyboardInterrupt):
            secret()

    assert len(secret()) >= 32
