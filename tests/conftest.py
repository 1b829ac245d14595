"""One instance for the whole run, with real servers, and fixtures to act in each database role.

Pure tests use no fixture and start no server. A test that uses `register` runs inside a transaction that is rolled back; a test that
uses `committed` really commits, and every table is emptied after it.
"""

import datetime as dt
import gc
import os
import shutil
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol as run_test
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.internal.conjecture import providers

from tests.examples import EXAMPLES

gc.disable()  # until all tests are collected, see `pytest_runtestloop`
# A busy machine makes examples slowly; no test is about their speed.
hypothesis_settings.register_profile(
    "untimed", max_examples=25 * EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("untimed")
if EXAMPLES == 1:
    # Otherwise Hypothesis also tries constants of all modules imported so far. These modules differ from run to run, and a seed would give
    # other examples each time. The long proofs try them. This line fails if a newer Hypothesis renames the function.
    pytest.MonkeyPatch().setattr(providers, "_get_local_constants", lambda: providers._local_constants)

# Files that mostly wait, for a clock, a telephone or a server. If several workers run such files at the same time, processors are idle.
WAITING = (
    "tests/faults/", "tests/operations/test_scheduler", "tests/provisioning/test_emergency_floor", "tests/provisioning/test_elements",
    "tests/platform/test_embedded_postgres", "tests/notices/test_smpp", "tests/ledger/test_witnesses", "tests/vault/test_document_store",
    "tests/vault/test_vault_service", "tests/vault/test_roots", "tests/provisioning/test_gateways", "tests/provisioning/test_kamailio",
    "tests/notices/test_voice",
)  # fmt: skip
# One worker runs all files of a group; a group comes where its first file would come.
TOGETHER = (
    # Journeys use one browser and one demo: a second worker would start and serve another demo.
    ("tests/journeys/",),
    WAITING,
    # The apps are served once for both files; the second one ends them.
    ("tests/site/test_compromised_app.py", "tests/operations/test_process_supervisor.py"),
    # The whole program is parsed once for all of these.
    (
        "tests/architecture/test_docstrings.py", "tests/architecture/test_layers.py", "tests/architecture/test_no_way_to_people.py",
        "tests/architecture/test_refusals.py", "tests/architecture/test_unused.py", "tests/site/test_error_messages.py",
        "tests/site/test_translations.py",
    ),
)  # fmt: skip
# Files of these folders that are in no group: each starts instances that no other file uses.
ALONE = (
    "tests/journeys/test_operator.py",
    "tests/journeys/test_erasure_proof.py",
    "tests/journeys/test_restart.py",
)
ONE_BY_ONE = ("tests/bench/",)
# The slowest files and folders, slowest first: if a worker began one of them last, the whole run would wait for it.
LONG = (
    "tests/journeys/test_backoffice_in_a_browser", *WAITING, "tests/journeys/test_operator", "tests/journeys/test_counter_in_a_browser",
    "tests/campaign/test_differential", "tests/site/test_compromised_app", "tests/operations/test_process_supervisor", "tests/leak/", "tests/journeys/",
    "tests/architecture/test_runbooks", "tests/campaign/test_stages", "tests/documents/test_redaction", "tests/ledger/test_crashes",
    "tests/older_instances/", "tests/operations/test_refused_commands", "tests/architecture/test_readme_walk", "tests/operations/test_handed_over_apps",
    "tests/operations/test_vault_process", "tests/operations/test_own_servers", "tests/operations/test_backup", "tests/access/test_commands",
    "tests/operations/test_extras", "tests/bench/", "tests/campaign/test_concurrency", "tests/architecture/test_no_way_to_people",
    "tests/architecture/test_ledger_page", "tests/ledger/test_outsider", "tests/documents/test_reading", "tests/documents/test_hostile",
    "tests/notices/test_crashes", "tests/law/test_engines", "tests/law/test_packs", "tests/campaign/", "tests/provisioning/",
)  # fmt: skip
_SLOWEST = 40
HOME = Path(tempfile.mkdtemp(prefix="rollkeeper-tests-"))
# The folder for what one worker makes and the others copy: the process that starts the workers makes and removes it. It is outside the
# instance, because some tests look at every file of the instance.
OWNED = [HOME]
if "TESTS_HAVE_IN_COMMON" not in os.environ:
    OWNED.append(Path(tempfile.mkdtemp(prefix="rollkeeper-common-")))
    os.environ["TESTS_HAVE_IN_COMMON"] = str(OWNED[-1])
os.environ["ROLLKEEPER_HOME"] = str(HOME)
os.environ["ROLLKEEPER_ROLE"] = "migrator"
os.environ["DJANGO_SETTINGS_MODULE"] = "rollkeeper.site.settings"

import django
import psycopg

django.setup()

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from rollkeeper.kernel import clock, stores
from rollkeeper.kernel.database import prepared_rows
from rollkeeper.kernel.instance import INSTANCE_OPENER, InstanceKind
from rollkeeper.kernel.settings import forget_settings, write_settings
from rollkeeper.operations import bootstrap
from rollkeeper.platform import embedded_postgres
from tests.command_server import CommandServer
from tests.demo import QuickScrypt
from tests.instances import QUICK_SERVERS, set_up_copy
from tests.languages.production import production_instance
from tests.savepoints import set_savepoints_quickly
from tests.settings_files import settings_put_back
from tests.stack import call_with_room
from tests.superuser import as_superuser, empty
from tests.web_app import find_static_files_once, opened_app
from tests.words import require_words

os.environ.setdefault("ROLLKEEPER_SERVER_CONFIGURATION", QUICK_SERVERS)
# Every command that opens the instance does this too: a test may call a command's function without the command.
INSTANCE_OPENER.register_by_name("rollkeeper.operations.bootstrap:open_instance")
find_static_files_once()
set_savepoints_quickly()
# The true hasher takes a tenth of a second for each password. Tests of how passwords are kept choose it.
settings.PASSWORD_HASHERS = [f"{QuickScrypt.__module__}.{QuickScrypt.__name__}"]


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    """A demo instance with both servers running, its tables made and its rights granted."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        set_up_copy()
    else:  # there is no other to share it with
        bootstrap.set_up_instance(InstanceKind.DEMO)
    require_words()
    # Tests behave the same at every hour of the day: tests of quiet hours set their own.
    write_settings(notices={"quiet_from": dt.time(), "quiet_until": dt.time()})
    _empty_everything()  # no test counts the canary
    _first_settings.append((HOME / "settings.toml").read_bytes())
    yield HOME
    for owner in _owners.values():
        owner.close()
    connection.close()
    embedded_postgres.stop_if_unused()


_first_settings: list[bytes] = []


@pytest.fixture(scope="module", autouse=True)
def _settings_are_put_back() -> Iterator[None]:
    """Fail if a file of tests leaves changed settings or another umask: otherwise later tests would fail instead."""
    forget_settings()  # what another file's test had this process read
    before = os.umask(0o022)
    os.umask(before)
    yield
    now = os.umask(before)
    if now != before:
        pytest.fail(f"These tests left another umask behind than they found: {now:o}.")
    settings = HOME / "settings.toml"
    if _first_settings and (left := tomllib.loads(settings.read_text())) != (
        first := tomllib.loads(_first_settings[0].decode())
    ):
        settings.write_bytes(_first_settings[0])
        tables = [name for name in {**first, **left} if first.get(name) != left.get(name)]
        pytest.fail(
            f"These tests left other settings behind than they found: {[(left.get(name), first.get(name)) for name in tables]}"
        )


@pytest.fixture
def register(data_dir: Path) -> Iterator[None]:
    """The register in the migrator's role, inside a transaction that is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def empty_everything(data_dir: Path) -> Callable[[], None]:
    """Return a function that empties all tables: a fixture that commits rows for a whole module calls it at its end."""
    return _empty_everything


@pytest.fixture
def committed(data_dir: Path) -> Iterator[None]:
    """The register with real commits; all tables are emptied afterwards, and before if an earlier test left rows."""
    (left,) = prepared_rows(
        "SELECT EXISTS (SELECT FROM ledger_entry) OR EXISTS (SELECT FROM django_session)"
        " OR EXISTS (SELECT FROM kernel_job) AS behind"  # an instance that was served by another file's tests
    )
    if left.behind:
        _empty_everything()
    yield
    _empty_everything()


@pytest.fixture
def as_role() -> Callable[[str], AbstractContextManager[None]]:
    """Act in another role of the database for the length of a block, inside the present transaction."""

    @contextmanager
    def acting(role: str) -> Iterator[None]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")
            yield
            cursor.execute("RESET ROLE")

    return acting


@pytest.fixture
def app(register: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Give this process the addresses of one web app, with its gate; the test asks with Django's client."""
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver", "127.0.0.1", "localhost"])
    with ExitStack() as opened:
        yield lambda name: opened.enter_context(opened_app(name))


@pytest.fixture
def production(committed: None) -> Iterator[None]:
    """The tests' instance as one for real people."""
    with production_instance():
        yield


@pytest.fixture
def law_put_back(data_dir: Path) -> Iterator[None]:
    """For a test that gives the instance another law."""
    with settings_put_back():
        yield


@pytest.fixture(scope="session")
def command_server(data_dir: Path) -> Iterator[CommandServer]:
    """Runs commands, and functions of tests, in processes of their own that need not import everything first."""
    server = CommandServer(os.environ)
    yield server
    server.go()


@pytest.fixture(autouse=True)
def _true_date_and_language() -> Iterator[None]:
    """Reset the day and the language after each test; a request leaves the language in which it was answered."""
    yield
    clock.set_demo_date(None)
    translation.deactivate()


_owners: dict[Path, psycopg.Connection] = {}


def _empty_everything() -> None:
    """Empty the tables of both stores that hold something."""
    for store in stores.STORES:
        try:
            empty(_owner(store))
        except psycopg.OperationalError:  # some test stopped the server meanwhile
            _owners.pop(store.data).close()
            empty(_owner(store))


def _owner(store: stores.Store) -> psycopg.Connection:
    """Return the owner's connection, which stays open: to connect takes longer than to empty what a test left."""
    if store.data not in _owners:
        _owners[store.data] = as_superuser(store)
    return _owners[store.data]


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a list above that names a missing file: after a rename, the file would run last or in no group."""
    here = Path(__file__).parents[1]
    named = (*LONG, *(one for group in TOGETHER for one in group), *ONE_BY_ONE, *ALONE)
    if missing := [one for one in named if not any(here.glob(f"{one}*"))]:
        raise pytest.UsageError(f"tests/conftest.py names what is not there: {missing}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several workers, run the slowest files first, then the files with most tests, so that the workers end together."""
    if hasattr(config, "workerinput"):
        tests = Counter(item.path for item in items)
        items.sort(key=lambda item: (*(not item.nodeid.startswith(one) for one in LONG), -tests[item.path]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Let a worker take a whole file or a group of files; in the folders `ONE_BY_ONE` a single test, which takes as long as a file."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(ONE_BY_ONE):
                return nodeid
            if not nodeid.startswith(ALONE):
                for group in TOGETHER:
                    if nodeid.startswith(group):
                        return group[0]
            return super()._split_scope(nodeid)

    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run each test as usual, with room for frames (`stack.py`); report a passed test once, not three times: workers send every report."""
    if not hasattr(item.config, "workerinput"):
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = call_with_room(run_test, item, False, nextitem)
    if all(one.passed for one in reports):
        reports[1].duration = sum(one.duration for one in reports)
        reports = reports[1:2]
    for one in reports:
        item.ihook.pytest_runtest_logreport(report=one)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Exclude imported modules and collected tests from garbage collection: they stay to the end anyway."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # looking as often as usual takes a twentieth of all time
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers and remove the folders of this run."""
    embedded_postgres.stop_if_unused()
    for folder in OWNED:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print a last line that counts the tests; tell `bin/test` which failed."""
    count = {
        name: len(terminalreporter.stats.get(name, [])) for name in ("passed", "failed", "error", "skipped")
    }
    passed, failed = count["passed"], count["failed"] + count["error"]
    _say_slowest_files(terminalreporter)
    if before := os.environ.get("ROLLKEEPER_TESTS_PASSED"):
        terminalreporter.write_line(
            f"{int(before) + passed} passed, of these {passed} only alone, {failed} failed"
        )
        return
    terminalreporter.write_line(f"{passed} passed, {failed} failed, {count['skipped']} skipped")
    if folder := os.environ.get("ROLLKEEPER_TESTS_TELL"):
        names = {one.nodeid for kind in ("failed", "error") for one in terminalreporter.stats.get(kind, [])}
        Path(folder, "failed").write_text("".join(f"{one}\n" for one in sorted(names)))
        Path(folder, "passed").write_text(str(passed))


def _say_slowest_files(terminalreporter: pytest.TerminalReporter) -> None:
    """With several workers, print which files took longest: to shorten the run, begin with these."""
    if not terminalreporter.config.getoption("numprocesses", None):
        return
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for one in reports:
            if isinstance(one, pytest.TestReport):
                seconds[one.nodeid.partition("::")[0]] += one.duration
    slowest = [f"{file} {took:.0f}" for file, took in seconds.most_common(_SLOWEST) if took >= 1]
    terminalreporter.write_line(
        f"{seconds.total():.0f} s in all workers; the slowest files: {', '.join(slowest)}"
    )
