# SPDX-License-Identifier: EUPL-1.2
"""Keeps a small instance of this version, with invented people, so that every later version is tried on it.

    python -m tests.older_instances.keep 0.2.0     makes a small demo and writes 0.2.0.tar.xz next to this file: once for each release

In the archive: `register.dump` and `keys.dump` (pg_dump), and the other files of the data directory. Its secrets are those of a demo.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.site.settings")
os.environ.setdefault("ROLLKEEPER_ROLE", "migrator")
django.setup()

from django.db import connections

from rollkeeper.kernel import stores
from rollkeeper.kernel.database import KeysRole, Role, embedded_address
from rollkeeper.kernel.settings import data_dir
from rollkeeper.operations import bootstrap, demo
from rollkeeper.platform import embedded_postgres

HERE: Final = Path(__file__).parent
LINES: Final = 200
_LEFT_OUT: Final = {"register", "keys", "run", "logs"}


def keep(archive: Path) -> None:
    """Write this process's instance into an archive, compressed if its name ends so; its servers are stopped then."""
    embedded_postgres.ensure_running()
    form = "w:xz" if archive.suffix == ".xz" else "w"
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive, form) as out:
        for store in stores.STORES:
            dump = Path(folder) / f"{store.name}.dump"
            _postgres(
                "pg_dump",
                store,
                f"rollkeeper_{store.name}",
                "--format=custom",
                "--compress=0",
                f"--file={dump}",
            )
            out.add(dump, dump.name)
        for place in sorted(data_dir().iterdir()):
            if place.name not in _LEFT_OUT:
                out.add(place, f"files/{place.name}")
    connections.close_all()
    embedded_postgres.stop_if_unused()


def make_clusters() -> None:
    """Make two empty clusters in this process's place: to copy them takes a tenth of the time."""
    embedded_postgres.ensure_running()
    embedded_postgres.stop_if_unused()


def restore(archive: Path, clusters: Path) -> None:
    """Make this process's instance out of an archive, as it was, in copies of empty clusters: nothing in it is brought up to date."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as kept:
        kept.extractall(folder, filter="data")
        (Path(folder) / "files").rename(data_dir())
        for store in stores.STORES:
            subprocess.run(["cp", "-a", clusters / store.name, data_dir() / store.name], check=True)
            file = stores.password_file(store, embedded_postgres.SUPERUSER)
            shutil.copy(clusters / file.relative_to(data_dir()), file)
        embedded_postgres.ensure_running()
        for store, roles in ((stores.REGISTER, list(Role)), (stores.KEYS, list(KeysRole))):
            bootstrap._make_database(store, roles, [])  # for its roles
            name = f"rollkeeper_{store.name}"
            for words in ("DROP DATABASE", "CREATE DATABASE"):
                _postgres("psql", store, "postgres", "--quiet", f"--command={words} {name}")
            _postgres(
                "psql", store, "postgres", "--quiet", f"--command=ALTER DATABASE {name} OWNER TO migrator"
            )
            _postgres(
                "pg_restore",
                store,
                None,
                "--exit-on-error",
                f"--dbname={name}",
                str(Path(folder) / f"{store.name}.dump"),
            )


def _postgres(program: str, store: stores.Store, database: str | None, *arguments: str) -> None:
    place = embedded_address(store)
    done = subprocess.run(
        [
            embedded_postgres.BINARIES / program, f"--host={place['host']}", f"--port={place['port']}",
            f"--username={embedded_postgres.SUPERUSER}", *([f"--dbname={database}"] if database else []), *arguments,
        ],
        env=os.environ | {"PGPASSFILE": str(stores.password_file(store, embedded_postgres.SUPERUSER))},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def make_and_keep(archive: Path) -> None:
    """Make this process's instance, a small demo, and keep it."""
    demo.make_demo(lines=LINES)
    keep(archive)
    print(f"{archive}: {archive.stat().st_size:,} bytes")


def main(version: str) -> None:
    """Make an instance in a folder that is removed again, and keep it."""
    archive = HERE / f"{version}.tar.xz"
    with tempfile.TemporaryDirectory(prefix="rollkeeper-kept-") as folder:
        Path(folder).chmod(0o755)
        # Another process: where the servers are is settled when Django is set up.
        here = os.environ | {"ROLLKEEPER_HOME": str(Path(folder) / "instance")}
        program = f"from tests.older_instances.keep import *; make_and_keep(Path({str(archive)!r}))"
        subprocess.run([sys.executable, "-c", program], check=True, env=here)


if __name__ == "__main__":
    main(sys.argv[1])
