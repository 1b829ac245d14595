"""The embedded servers: two of them, inside the instance, restarted after a crash, stopped by the last who used them."""

import os
import pwd
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from rollkeeper.kernel import database, stores
from rollkeeper.operations import server_checks
from rollkeeper.platform import embedded_postgres, server_state
from rollkeeper.platform.errors import ServerDidNotStart
from rollkeeper.platform.server_state import ServerState
from tests.faults import asleep
from tests.processes import children_of
from tests.superuser import as_superuser

HANGING_S = 5


@pytest.fixture(scope="module")
def made():
    """Where the second instance lies, and no other test run changes the rights of the folders above it; its clusters are made once."""
    place = Path(tempfile.mkdtemp(prefix="rollkeeper-other-"))
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def marks(made):
    """By these this process uses the second instance's servers from one test to the next; they go down with the last one."""
    kept = []
    yield kept
    with pytest.MonkeyPatch.context() as patch, other_instance(made, kept, patch):
        embedded_postgres.stop_if_unused()


@contextmanager
def other_instance(made, marks, monkeypatch):
    """Be in the second instance, next to the one of the run, with the settings that it was made with."""
    monkeypatch.setenv("ROLLKEEPER_HOME", str(made / "other"))
    held, embedded_postgres._in_use[:] = list(embedded_postgres._in_use), marks
    yield made / "other"
    marks[:] = embedded_postgres._in_use
    embedded_postgres._in_use[:] = held


@pytest.fixture
def other_data_dir(made, marks, monkeypatch):
    """The second instance, its servers down."""
    with other_instance(made, marks, monkeypatch) as place:
        if place.exists():
            embedded_postgres.stop_if_unused()
        yield place
        embedded_postgres.stop_if_unused()


@pytest.fixture
def running(made, marks, monkeypatch):
    """The second instance, its servers up; they stay up for the next test: to start and stop them takes longer than most tests."""
    with other_instance(made, marks, monkeypatch):
        embedded_postgres.ensure_running()
        yield


def ask(store: stores.Store, question: str) -> object:
    with as_superuser(store, database="postgres") as session:
        return session.execute(question).fetchone()[0]


def pid_of(store: stores.Store) -> int:
    return int((store.data / "postmaster.pid").read_text("utf-8").splitlines()[0])


def hang_while_stopping(store: stores.Store) -> int:
    """Have a server hang as one does that is told to stop at the wrong moment; return its process."""
    postmaster = pid_of(store)
    for child in children_of(postmaster):
        with suppress(FileNotFoundError):  # a session that ends by itself
            if b"checkpointer" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(child, signal.SIGSTOP)
    os.kill(postmaster, signal.SIGINT)
    return postmaster


def test_two_instances_run_side_by_side_each_with_two_clusters(data_dir, other_data_dir):
    embedded_postgres.ensure_running()

    clusters = {ask(store, "SELECT system_identifier FROM pg_control_system()") for store in stores.STORES}
    os.environ["ROLLKEEPER_HOME"] = str(data_dir)
    clusters |= {ask(store, "SELECT system_identifier FROM pg_control_system()") for store in stores.STORES}

    assert len(clusters) == 4
    os.environ["ROLLKEEPER_HOME"] = str(other_data_dir)


def test_a_server_that_was_killed_is_started_again_with_what_it_had_committed(running):
    with as_superuser(database="postgres") as session:
        session.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(pid_of(stores.REGISTER), signal.SIGKILL)

    embedded_postgres.ensure_running()

    assert ask(stores.REGISTER, "SELECT answer FROM kept") == 42


@pytest.fixture
def of_another_user():
    """A process that has nothing to do with a server and is not of its user."""
    with subprocess.Popen(["sleep", "60"]) as sleeper:
        yield sleeper.pid
        assert sleeper.poll() is None, "it was ended in place of a server"
        sleeper.kill()


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("named", ["ours", "another user's", "nobody's", "nothing"])
def test_after_a_power_cut_a_server_is_not_taken_for_running_by_a_number_alone(
    other_data_dir, monkeypatch, of_another_user, named, hidden
):
    if named == "another user's" and embedded_postgres.server_user() is None:
        pytest.skip("only root runs a server as another user")
    if not stores.KEYS.data.exists():
        embedded_postgres.ensure_running()
        embedded_postgres.stop_if_unused()
    left = {"ours": os.getpid(), "another user's": of_another_user, "nobody's": 1 << 22, "nothing": ""}[named]
    (stores.KEYS.data / "postmaster.pid").write_text(f"{left}\n{stores.KEYS.data}\n")
    if hidden:
        hide_processes(monkeypatch)

    found = embedded_postgres._pid(stores.KEYS)
    (stores.KEYS.data / "postmaster.pid").unlink()  # before anything is ended in its name

    assert found is None


def hide_processes(monkeypatch):
    """Show no process of another user, as a service manager does with ProtectProc=invisible."""
    stat_of = Path.stat

    def stat_or_hide(path, **more):
        found = stat_of(path, **more)
        if path.parent == Path("/proc") and found.st_uid != os.geteuid():
            raise FileNotFoundError(path)
        return found

    monkeypatch.setattr(Path, "stat", stat_or_hide)


def test_a_server_runs_for_those_too_to_whom_its_process_is_hidden(running, monkeypatch):
    seen = pid_of(stores.KEYS)
    hide_processes(monkeypatch)

    assert embedded_postgres._pid(stores.KEYS) == seen


def test_who_comes_while_a_server_gets_up_again_by_itself_waits_for_it(running):
    bystander = as_superuser(database="postgres")
    with as_superuser(database="postgres") as session:
        session.execute("CREATE TABLE kept_by_itself AS SELECT 42 AS answer")
        os.kill(session.info.backend_pid, signal.SIGKILL)
    with suppress(psycopg.OperationalError):
        while True:  # until the server has noticed and sends everybody away
            bystander.execute("SELECT")
    bystander.close()

    embedded_postgres.ensure_running()

    assert ask(stores.REGISTER, "SELECT answer FROM kept_by_itself") == 42


@pytest.mark.parametrize("store", stores.STORES, ids=lambda store: store.name)
def test_a_server_whose_backend_was_killed_is_still_stopped_by_its_last_user(other_data_dir, store):
    embedded_postgres.ensure_running()
    lone = as_superuser(store, database="postgres")
    os.kill(lone.info.backend_pid, signal.SIGKILL)

    embedded_postgres.stop_if_unused()  # as a command does that broke off because of it

    lone.close()
    assert not (store.data / "postmaster.pid").exists()


@pytest.mark.soak
@pytest.mark.parametrize("delay_s", [0, 0.01, 0.05, 0.1, 0.3])
@pytest.mark.parametrize("store", stores.STORES, ids=lambda store: store.name)
def test_at_whatever_instant_of_a_recovery_the_last_user_goes_the_server_stops(
    other_data_dir, store, delay_s
):
    for _ in range(10):
        embedded_postgres.ensure_running()
        lone = as_superuser(store, database="postgres")
        os.kill(lone.info.backend_pid, signal.SIGKILL)
        time.sleep(delay_s)

        embedded_postgres.stop_if_unused()

        lone.close()
        assert not (store.data / "postmaster.pid").exists()


def test_a_server_that_hangs_while_it_stops_is_started_again_and_says_so(running, monkeypatch, capsys):
    monkeypatch.setattr(embedded_postgres, "_HANGS_AFTER_S", 1)
    embedded_postgres.ensure_running()
    with as_superuser(database="postgres") as session:
        session.execute("CREATE TABLE kept_while_hanging AS SELECT 42 AS answer")
    hung = hang_while_stopping(stores.REGISTER)
    embedded_postgres._in_use.pop().close()

    embedded_postgres.ensure_running()

    assert pid_of(stores.REGISTER) != hung
    assert ask(stores.REGISTER, "SELECT answer FROM kept_while_hanging") == 42
    assert "register" in capsys.readouterr().err


@pytest.fixture
def asked_briefly(monkeypatch):
    """Servers that are given a second to answer, where else it is three."""
    place = server_state._place
    monkeypatch.setattr(
        server_state, "_place", lambda store, within_s=server_state.ASKED_S: place(store, within_s)
    )


@pytest.mark.usefixtures("asked_briefly")
@pytest.mark.skipif(not asleep.is_possible(), reason="only root on x86-64 can have a process hang")
def test_a_server_that_answers_nobody_is_named_and_started_again_within_seconds(running, capsys):
    hung = pid_of(stores.KEYS)
    asleep.put_to_sleep(hung)
    named = [one.sentence for one in server_checks.examine_servers()]
    begun = time.monotonic()

    embedded_postgres.ensure_running()

    assert time.monotonic() < begun + HANGING_S
    assert named == ["The server of the keys hangs: it gives no answer."]
    assert not server_checks.examine_servers()
    assert pid_of(stores.KEYS) != hung
    assert ask(stores.KEYS, "SELECT 42") == 42
    assert "the keys hung" in capsys.readouterr().err


@pytest.mark.usefixtures("asked_briefly")
def test_a_server_that_a_signal_holds_is_told_to_go_on_and_keeps_its_sessions(running, capsys):
    before = pid_of(stores.KEYS)
    with as_superuser(stores.KEYS, database="postgres") as session:
        os.kill(before, signal.SIGSTOP)
        named = [one.sentence for one in server_checks.examine_servers()]
        begun = time.monotonic()

        embedded_postgres.ensure_running()

        assert time.monotonic() < begun + HANGING_S
        assert session.execute("SELECT 42").fetchone() == (42,)
    assert named == ["The server of the keys hangs: it gives no answer."]
    assert pid_of(stores.KEYS) == before
    assert ask(stores.KEYS, "SELECT 42") == 42
    assert "told to go on" in capsys.readouterr().err


@pytest.mark.parametrize("doing", [b"R", b"D", b"t", b""])
def test_a_server_that_works_or_wants_to_is_not_killed_for_want_of_an_answer(running, monkeypatch, doing):
    before = pid_of(stores.KEYS)
    monkeypatch.setattr(embedded_postgres, "lets_wait", lambda _: True)
    monkeypatch.setattr(embedded_postgres, "work_of", lambda *_: [1])
    monkeypatch.setattr(embedded_postgres, "_process_state", lambda _: doing)

    embedded_postgres.ensure_running()

    assert pid_of(stores.KEYS) == before


def test_a_server_that_ran_between_two_looks_is_not_killed_though_it_sleeps_now(running, monkeypatch):
    before, work = pid_of(stores.KEYS), iter(range(100))
    monkeypatch.setattr(embedded_postgres, "lets_wait", lambda _: True)
    monkeypatch.setattr(embedded_postgres, "work_of", lambda *_: [next(work)])
    monkeypatch.setattr(embedded_postgres, "_process_state", lambda _: b"S")

    embedded_postgres.ensure_running()

    assert pid_of(stores.KEYS) == before


def silent_for(monkeypatch, times):
    """Have a server give no answer so many times, and then the true one."""
    asked = iter(range(times))
    monkeypatch.setattr(
        embedded_postgres, "state_of",
        lambda store: ServerState.SILENT if next(asked, None) is not None else server_state.state_of(store),
    )  # fmt: skip


def test_a_server_that_is_slow_under_load_is_waited_for(running, monkeypatch, capsys):
    before, work = pid_of(stores.KEYS), iter(range(1000))
    monkeypatch.setattr(embedded_postgres, "_HANGS_AFTER_S", 0)
    monkeypatch.setattr(embedded_postgres, "work_of", lambda *_: [next(work)])
    silent_for(monkeypatch, 40)

    embedded_postgres.ensure_running()

    assert pid_of(stores.KEYS) == before
    assert "hung" not in capsys.readouterr().err


@pytest.mark.parametrize("limit", ["_HANGS_AFTER_S", "_SLOW_FOR_S"])
def test_a_server_that_does_nothing_or_is_slow_for_too_long_is_started_again(running, monkeypatch, limit):
    before, work = [pid_of(store) for store in stores.STORES], iter(range(1000))
    monkeypatch.setattr(embedded_postgres, "_HANGS_AFTER_S", 0)
    monkeypatch.setattr(embedded_postgres, limit, 0)
    monkeypatch.setattr(
        embedded_postgres, "work_of", lambda *_: [next(work) if limit == "_SLOW_FOR_S" else 0]
    )
    silent_for(monkeypatch, 4)  # at one of the two servers twice: each second time it is started again

    embedded_postgres.ensure_running()

    assert [pid_of(store) for store in stores.STORES] != before


def test_a_server_that_is_asked_works_unless_it_hangs(running):
    postmaster, found = pid_of(stores.KEYS), []
    for number in (signal.SIGCONT, signal.SIGSTOP):
        os.kill(postmaster, number)
        while (embedded_postgres._process_state(postmaster) == b"T") != (number == signal.SIGSTOP):
            time.sleep(0.001)
        before = embedded_postgres.work_of(stores.KEYS, ServerState.SILENT)
        server_state.accepts(stores.KEYS)
        found.append(embedded_postgres.work_of(stores.KEYS, ServerState.SILENT) != before)
    os.kill(postmaster, signal.SIGCONT)

    assert found == [True, False]


def test_nobody_signs_in_without_a_password(running):

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(
            host=str(stores.socket_folder(stores.KEYS)),
            port=stores.KEYS.port,
            dbname="postgres",
            user="postgres",
            password="guess",
        )


def test_passwords_are_readable_by_their_owner_alone(data_dir):
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (data_dir / "secrets").iterdir()}

    assert modes == {0o600}


def test_a_value_that_breaks_a_constraint_is_not_in_the_servers_log(running):
    with as_superuser(database="postgres") as session:
        session.execute("CREATE TABLE once (value text PRIMARY KEY)")
        session.execute("INSERT INTO once VALUES (%s)", ["Specimen-4711"])
        for statement in ("INSERT INTO once VALUES ('Specimen-4711')", "SELECT 'Specimen-4711'::integer"):
            with pytest.raises(psycopg.Error):
                session.execute(statement)

    assert "Specimen-4711" not in stores.REGISTER.log.read_text("utf-8")


def test_the_last_process_that_used_the_servers_stops_them(other_data_dir):
    script = "from rollkeeper.platform import embedded_postgres as server; server.ensure_running(); print(server.REGISTER.data)"

    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, env=os.environ.copy())

    assert not (stores.REGISTER.data / "postmaster.pid").exists()


@pytest.mark.parametrize("whose", ["this process", "another user"])
def test_a_number_that_another_process_has_now_is_no_running_server(other_data_dir, whose):
    """As after a restart of the machine, or in a container, where the numbers begin again."""
    embedded_postgres.ensure_running()
    said = (stores.REGISTER.data / "postmaster.pid").read_text("utf-8")
    embedded_postgres.stop_if_unused()
    with subprocess.Popen(["sleep", "60"]) as other:
        number = os.getpid() if whose == "this process" else other.pid
        file = stores.REGISTER.data / "postmaster.pid"
        file.write_text("\n".join([str(number), *said.splitlines()[1:]]) + "\n", "utf-8")
        file.chmod(0o600)
        if os.geteuid() == 0:
            shutil.chown(file, embedded_postgres.server_user())
        elif whose == "another user":
            pytest.skip("only root has servers of another user")

        embedded_postgres.ensure_running()

        assert pid_of(stores.REGISTER) != number
        assert ask(stores.REGISTER, "SELECT 42") == 42
        other.kill()


def test_where_one_server_does_not_start_the_other_is_not_left_running(other_data_dir):
    embedded_postgres.ensure_running()
    embedded_postgres.stop_if_unused()
    file = stores.KEYS.data / "postgresql.conf"
    before = file.read_text("utf-8")
    file.write_text(before + "shared_buffers = 'nonsense'\n", "utf-8")

    with pytest.raises(ServerDidNotStart):
        embedded_postgres.ensure_running()
    file.write_text(before, "utf-8")

    assert not [store.name for store in stores.STORES if (store.data / "postmaster.pid").exists()]


def test_a_data_dir_with_a_long_path_uses_a_short_private_socket_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path / ("long" * 40)))

    folder = stores.socket_folder(stores.REGISTER)

    assert len(str(folder)) < 60
    assert folder != tmp_path


def test_a_secret_whose_writing_breaks_off_is_not_there_and_is_made_again(monkeypatch, tmp_path):
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path))
    file = stores.password_file(stores.REGISTER, "counter")

    def killed(_handle: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            stores.password(stores.REGISTER, "counter")

    assert not file.exists()
    assert stores.password(stores.REGISTER, "counter") == stores.password(stores.REGISTER, "counter")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_server_that_does_not_start_says_the_last_of_its_own_words(monkeypatch, tmp_path):
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path))
    stores.REGISTER.log.parent.mkdir()
    stores.REGISTER.log.write_text("x LOG:  begins\nx FATAL:  lock file is there\nx LOG:  ends\n", "utf-8")

    assert embedded_postgres._failure_reason(OSError("see the log."), stores.REGISTER).endswith(
        "lock file is there"
    )
    assert embedded_postgres._failure_reason(OSError("see the log."), stores.KEYS) == "see the log"


def test_each_server_alone_writes_the_folder_of_its_socket(data_dir):
    embedded_postgres.ensure_running()

    for store in stores.STORES:
        folder = stores.socket_folder(store)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o755
        assert stores.socket_owner(store) == (
            embedded_postgres.server_user(store) or pwd.getpwuid(os.geteuid()).pw_name
        )
        assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o711
        assert folder.parent.stat().st_uid == os.geteuid()


def test_a_false_server_of_another_user_is_sent_no_password(tmp_path, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_SOCKETS", str(tmp_path))
    stores.socket_folder(stores.KEYS).mkdir()
    monkeypatch.setattr(stores, "socket_owner", lambda _: "daemon")  # not the user who listens
    heard = []

    def listen(server):
        far, _ = server.accept()
        with far:
            heard.append(far.recv(4096))

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(stores.socket_folder(stores.KEYS) / f".s.PGSQL.{stores.KEYS.port}"))
        server.listen()
        thread = threading.Thread(target=listen, args=(server,))
        thread.start()

        with pytest.raises(psycopg.OperationalError, match="requirepeer"):
            psycopg.connect(
                **database.embedded_address(stores.KEYS), user="vault", dbname="x", password="a password"
            )
        thread.join(timeout=10)

    assert heard == [b""]


def test_a_server_that_asks_for_the_password_in_clear_is_not_given_it(tmp_path, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_SOCKETS", str(tmp_path))
    stores.socket_folder(stores.KEYS).mkdir()
    heard = []

    def ask_in_clear(server):
        far, _ = server.accept()
        with far:
            far.recv(4096)
            far.sendall(b"R" + (8).to_bytes(4) + (3).to_bytes(4))  # AuthenticationCleartextPassword
            heard.append(far.recv(4096))

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(stores.socket_folder(stores.KEYS) / f".s.PGSQL.{stores.KEYS.port}"))
        server.listen()
        thread = threading.Thread(target=ask_in_clear, args=(server,))
        thread.start()

        with pytest.raises(psycopg.OperationalError, match="scram-sha-256"):
            psycopg.connect(
                **database.embedded_address(stores.KEYS), user="vault", dbname="x", password="a password"
            )
        thread.join(timeout=10)

    assert b"a password" not in heard[0]


def test_a_data_directory_is_one_word_for_the_shell_that_starts_a_server(monkeypatch):
    folder, called = Path("/srv/of the register; true/run/sockets/keys"), []
    monkeypatch.setattr(embedded_postgres, "socket_folder", lambda _: folder)
    monkeypatch.setattr(
        embedded_postgres, "_run", lambda *words, **_: called.append(words) or subprocess.CompletedProcess(words, 0)
    )  # fmt: skip

    embedded_postgres._start(stores.KEYS)

    (words,) = called
    assert shlex.split(words[words.index("-o") + 1])[-1] == str(folder)
