# SPDX-License-Identifier: EUPL-1.2
"""Compiles what a run will import, on every core: `python -m tests.compiled`. Otherwise each worker of a run would compile all of it.

pytest rewrites the asserts of tests before it compiles them; what comes out lies next to what Python itself compiles.
"""

import multiprocessing
import os
from compileall import compile_file
from pathlib import Path
from types import SimpleNamespace

# The functions of the hook by which pytest imports tests: it has no other way to compile one that it does not run.
from _pytest.assertion.rewrite import (
    PYC_TAIL,
    _read_pyc,
    _rewrite_test,
    _write_pyc,
    get_cache_dir,
    try_makedirs,
)

TESTS = Path(__file__).parent


def is_rewritten(file: Path) -> bool:
    """Tell whether pytest rewrites this module's asserts."""
    return file.name == "conftest.py" or file.name.startswith("test_")


def compile_one(file: Path) -> None:
    """Compile a module unless that is done already."""
    if not is_rewritten(file):
        compile_file(file, quiet=1)
        return
    folder = get_cache_dir(file)
    compiled = folder / f"{file.stem}{PYC_TAIL}"
    if _read_pyc(file, compiled) is None and try_makedirs(folder):
        source_hash, code = _rewrite_test(file, None)  # type: ignore[arg-type]  # it asks for an option that is not set
        _write_pyc(SimpleNamespace(trace=print), code, source_hash, compiled)  # type: ignore[arg-type]


def main() -> None:
    """Compile all tests."""
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        pool.map(compile_one, list(TESTS.rglob("*.py")), chunksize=8)


if __name__ == "__main__":
    main()
