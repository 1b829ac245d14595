# SPDX-License-Identifier: EUPL-1.2
"""Witnesses cosign what Rollkeeper publishes, and nothing is put out that too few of them saw.

The witness is an independent program (`aics-witness`) in a separate process; a scripted one does what it never does.
"""

import base64
import fcntl
import hashlib
import http.server
import signal
import struct
import threading
import time

import aics_tlog
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from rollkeeper.kernel.settings import data_dir
from rollkeeper.ledger import auditor, notes, queries, witnesses
from rollkeeper.ledger.errors import WITNESS_CONFLICT
from rollkeeper.ledger.publication import publish
from tests.ledger.witness import NAME, RealWitness
from tests.refusals import refusing


def own_vkey():
    return notes.vkey(notes.origin(), notes.signing_key().public_key())


def audited(folder, *vkeys, quorum=None, older=()):
    return auditor.audit(
        folder,
        key=auditor.read_key(own_vkey()),
        witnesses=auditor.read_witnesses(vkeys, quorum),
        older=older,
    )


def test_a_cosigned_checkpoint_is_read_by_others_programs(fill, witness, tmp_path):
    fill(1, 300)

    done = publish(tmp_path / "log")

    note = (tmp_path / "log" / "checkpoint").read_text()
    assert (done.is_public, done.cosigned, done.public_size) == (True, 1, 300)
    found = aics_tlog.verify_checkpoint(
        aics_tlog.parse_note(note),
        aics_tlog.parse_vkey(own_vkey()),
        [aics_tlog.parse_vkey(witness.vkey)],
        quorum=1,
        expected_origin=notes.origin(),
        max_age_seconds=60,
    )
    assert found.ok
    assert list(audited(tmp_path / "log", witness.vkey).cosigned) == [NAME]


def test_a_ledger_that_grows_is_proved_to_continue_what_the_witness_saw(fill, witness, tmp_path):
    for first, last in [(1, 1), (2, 255), (256, 257), (258, 700)]:
        fill(first, last)
        done = publish(tmp_path / "log")

        assert (done.is_public, done.size) == (True, last)
    assert list(audited(tmp_path / "log", witness.vkey).cosigned) == [NAME]


def test_an_empty_ledger_is_cosigned_too(witness, tmp_path):
    assert publish(tmp_path / "log").is_public


def test_a_witness_whose_memory_is_hidden_is_asked_again_from_the_size_that_it_names(
    fill, witness, tmp_path, monkeypatch
):
    fill(1, 300)
    publish(tmp_path / "log")
    fill(301, 700)
    monkeypatch.setattr(witnesses, "fetch_states", lambda _: [])

    assert publish(tmp_path / "log").is_public


def test_below_the_number_that_is_needed_readers_go_on_seeing_the_older_checkpoint(
    fill, witness, choose, tmp_path
):
    second = RealWitness(tmp_path / "second", name="witness.example/2").start()
    choose(witnesses=[witness.setting, second.setting], cosignatures=2)
    fill(1, 300)
    publish(tmp_path / "log")
    before = (tmp_path / "log" / "checkpoint").read_bytes()
    second.stop()
    fill(301, 700)

    meanwhile = publish(tmp_path / "log")

    assert (meanwhile.is_public, meanwhile.public_size, meanwhile.cosigned, meanwhile.needed) == (
        False,
        300,
        1,
        2,
    )
    assert [one.verdict.value for one in meanwhile.answers] == ["cosigned", "not_cosigned"]
    assert (tmp_path / "log" / "checkpoint").read_bytes() == before
    assert audited(tmp_path / "log", witness.vkey, second.vkey).size == 300

    second.start()
    assert publish(tmp_path / "log").is_public
    second.stop()
    assert audited(tmp_path / "log", witness.vkey, second.vkey, older=[tmp_path / "log"]).size == 700


def test_a_receipt_is_given_under_what_readers_can_see(fill, witness, tmp_path):
    fill(1, 3)
    publish(tmp_path / "log")
    witness.stop()
    fill(4, 5)
    publish(tmp_path / "log")
    (tmp_path / "receipt").write_text(queries.receipt(2))

    checked = auditor.check_receipt(
        tmp_path / "receipt",
        key=auditor.read_key(own_vkey()),
        witnesses=auditor.read_witnesses([witness.vkey]),
    )

    assert (checked.entry, checked.size, list(checked.cosigned)) == ('{"entry":"entry 2"}', 3, [NAME])
    assert queries.receipt(5) is None


def test_an_unreachable_witness_that_is_not_required_delays_nothing(fill, witness, choose, tmp_path):
    choose(cosignatures=0)
    fill(1, 300)
    publish(tmp_path / "log")
    witness.stop()

    again = publish(tmp_path / "log")
    kept = list(audited(tmp_path / "log", witness.vkey).cosigned)
    fill(301, 302)
    done = publish(tmp_path / "log")

    assert (again.cosigned, kept) == (1, [NAME])
    assert (done.is_public, done.size, done.cosigned) == (True, 302, 0)


@pytest.mark.parametrize(
    "where",
    ["before a witness is asked", "before the new head is released", "before the publication is noted"],
)
def test_a_killed_publisher_leaves_the_older_head_and_the_next_run_finishes(
    fill, witness, command_server, tmp_path, where
):
    fill(1, 300)
    publish(tmp_path / "log")
    fill(301, 700)

    killed = command_server.run("@tests.ledger.dying_publisher:main", str(tmp_path / "log"), where)
    meanwhile = audited(tmp_path / "log", witness.vkey)
    fill(701, 800)
    done = publish(tmp_path / "log")

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert meanwhile.size == 300
    assert (done.is_public, audited(tmp_path / "log", witness.vkey).size) == (True, 800)


def test_only_one_publisher_works_at_a_time(fill, tmp_path):
    fill(1, 3)
    seen = []

    def try_to_work(_):
        with (data_dir() / "ledger" / "publishing.lock").open("w") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                seen.append("waits")

    publish(tmp_path / "log", progress=try_to_work)

    assert seen == ["waits"]


def test_a_witness_that_does_not_know_the_ledger_says_so(fill, choose, tmp_path):
    stranger = RealWitness(tmp_path / "stranger", log_vkey="").start()
    choose(witnesses=[stranger.setting], cosignatures=1)
    fill(1, 3)

    done = publish(tmp_path / "log")

    stranger.stop()
    assert not done.is_public
    assert "does not know this ledger (404)" in done.answers[0].why
    assert (tmp_path / "log" / "vkey").read_text().strip() == own_vkey()
    assert not (tmp_path / "log" / "checkpoint").exists()


def test_a_witness_that_trusts_another_key_says_so(fill, choose, tmp_path):
    other = notes.vkey(notes.origin(), Ed25519PrivateKey.generate().public_key())
    misled = RealWitness(tmp_path / "misled", log_vkey=other).start()
    choose(witnesses=[misled.setting])
    fill(1, 3)

    done = publish(tmp_path / "log")

    misled.stop()
    assert "trusts another key for this ledger (403)" in done.answers[0].why


# A scripted witness, for what a sound one never does and for the key that aics-witness does not have yet.


class Scripted:
    """Answers every submission by a function of the checkpoint's text."""

    def __init__(self, vkey, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, said = answer(body.partition("\n\n")[2].rpartition("\n\n")[0] + "\n", body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(said.encode())))
                self.end_headers()
                self.wfile.write(said.encode())

            def do_GET(self):
                self.send_error(404)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        self.setting = {"url": f"http://127.0.0.1:{self._server.server_port}/", "vkey": vkey}

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def scripted(choose):
    running = []

    def start(vkey, answer):
        running.append(Scripted(vkey, answer))
        choose(witnesses=[running[-1].setting], cosignatures=1)

    yield start
    for one in running:
        one.stop()


def vkey_of(kind, public, name="scripted.example"):
    raw = bytes([kind]) + public
    return f"{name}+{hashlib.sha256(name.encode() + b'\n' + raw).hexdigest()[:8]}+{base64.b64encode(raw).decode()}"


def line_of(vkey, at, signature):
    name, key_id, _ = vkey.split("+", 2)
    raw = bytes.fromhex(key_id) + struct.pack(">Q", at) + signature
    return f"\u2014 {name} {base64.b64encode(raw).decode()}\n"


KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
VKEY = vkey_of(4, KEY.public_key().public_bytes_raw())


def cosigned_at(at, *, key=KEY):
    return lambda text, _: (200, line_of(VKEY, at, key.sign(f"cosignature/v1\ntime {at}\n{text}".encode())))


NOW = int(time.time())


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (cosigned_at(NOW, key=Ed25519PrivateKey.generate()), "without a right cosignature"),
        (cosigned_at(0), "without a right cosignature"),
        (cosigned_at(NOW + 3600), "ahead of this machine's"),
        (lambda *_: (200, "thank you\n"), "without a right cosignature"),
        (lambda *_: (200, "\u2014 scripted.example \u00e9\n"), "without a right cosignature"),
        (lambda *_: (409, "many\n"), "409 without a size"),
        (lambda *_: (500, "oops"), "answers 500"),
        (lambda *_: (302, ""), "answers 302"),
        (lambda _, body: (409, "1\n" if body.startswith("old 2") else "2\n"), "changes its mind"),
    ],
)
def test_an_invalid_cosignature_is_not_counted_and_the_reason_is_shown(fill, scripted, tmp_path, answer, why):
    scripted(VKEY, answer)
    fill(1, 3)

    done = publish(tmp_path / "log")

    assert (done.is_public, done.cosigned) == (False, 0)
    assert why in done.answers[0].why


@pytest.mark.parametrize(("status", "said"), [(422, ""), (409, "4\n"), (409, "0\n")])
def test_a_witness_with_another_history_stops_the_publisher(fill, scripted, choose, tmp_path, status, said):
    scripted(VKEY, lambda *_: (status, said))
    choose(cosignatures=0)
    fill(1, 3)

    with refusing(WITNESS_CONFLICT, match=r"scripted\.example does not cosign a ledger of 3 entries"):
        publish(tmp_path / "log")

    assert not (tmp_path / "log" / "checkpoint").exists()


def test_a_witness_with_a_key_that_outlasts_quantum_computers_counts(fill, scripted, tmp_path):
    key = MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    vkey = vkey_of(6, key.public_key().public_bytes_raw())

    def answer(text, _):
        origin, size, root = text.split("\n")[:3]
        signed = (
            b"subtree/v1\n\0" + bytes([len("scripted.example")]) + b"scripted.example" + struct.pack(">Q", NOW)
            + bytes([len(origin)]) + origin.encode() + struct.pack(">QQ", 0, int(size)) + base64.b64decode(root)
        )  # fmt: skip
        return 200, line_of(vkey, NOW, key.sign(signed))

    scripted(vkey, answer)
    fill(1, 300)

    done = publish(tmp_path / "log")

    assert (done.is_public, done.cosigned) == (True, 1)
    assert audited(tmp_path / "log", vkey).cosigned == {"scripted.example": NOW}


# What the auditor makes of cosignatures.


def test_two_keys_of_one_witness_are_one_witness():
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()

    with pytest.raises(auditor.AuditError, match="only 1 witnesses are named"):
        auditor.read_witnesses([VKEY, vkey_of(4, other)], 2)


def test_one_key_under_two_names_is_one_witness():
    with pytest.raises(auditor.AuditError, match="same key twice"):
        auditor.read_witnesses([VKEY, vkey_of(4, KEY.public_key().public_bytes_raw(), name="other")], 2)


def test_a_forged_cosignature_spoils_the_checkpoint(fill, scripted, tmp_path):
    scripted(VKEY, cosigned_at(NOW))
    fill(1, 3)
    publish(tmp_path / "log")
    note = (tmp_path / "log" / "checkpoint").read_text()
    line = note.splitlines()[-1]
    (tmp_path / "log" / "checkpoint").write_text(
        note.replace(line + "\n", line_of(VKEY, NOW + 1, base64.b64decode(line.split()[-1])[12:]))
    )

    with pytest.raises(auditor.AuditError, match=r"cosignature of scripted\.example under .* is forged"):
        audited(tmp_path / "log", VKEY)


def test_foreign_lines_under_the_checkpoint_are_not_published_again(fill, scripted, choose, tmp_path):
    scripted(VKEY, cosigned_at(NOW))
    fill(1, 3)
    publish(tmp_path / "log")
    file = tmp_path / "log" / "checkpoint"
    note = file.read_text()
    forged = [
        line.rpartition(" ")[0] + " " + base64.b64encode(raw[:12] + bytes(len(raw) - 12)).decode()
        for line in note.rpartition("\n\n")[2].splitlines()
        if (raw := base64.b64decode(line.split()[-1]))
    ]
    file.write_text(note + "\n".join(forged) + "\n")
    choose(witnesses=[{"url": "http://127.0.0.1:9/", "vkey": VKEY}], cosignatures=1)

    done = publish(tmp_path / "log")

    assert (done.is_public, done.cosigned) == (True, 1)
    assert file.read_text() == note
    assert audited(tmp_path / "log", VKEY).cosigned == {"scripted.example": NOW}


def test_cosignatures_of_others_than_those_named_count_nothing(fill, scripted, tmp_path):
    scripted(VKEY, cosigned_at(NOW))
    fill(1, 3)
    publish(tmp_path / "log")
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    another = vkey_of(4, public, name="another.example")

    with pytest.raises(auditor.AuditError, match="cosignatures of 0 of the 1 witnesses"):
        audited(tmp_path / "log", another)
    assert audited(tmp_path / "log", VKEY, another, quorum=1).cosigned == {"scripted.example": NOW}


@pytest.mark.parametrize("kind", [1, 5])
def test_a_key_of_another_kind_is_no_witness(kind):
    with pytest.raises(auditor.AuditError, match="not of a kind"):
        auditor.read_witnesses([vkey_of(kind, bytes(32))])
