"""The files of ops/postgresql make two servers fit for a production instance: roles, passwords, rights, over verified TLS."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from rollkeeper.platform.embedded_postgres import BINARIES as PROGRAMS
from rollkeeper.platform.embedded_postgres import server_user
from rollkeeper.platform.os_users import allow_traversal
from tests.command_server import common_server
from tests.operations.tls_front import Authority, tls_front

OPS = Path(__file__).parents[2] / "ops" / "postgresql"
SQL = Path(__file__).parents[2] / "rollkeeper" / "operations" / "sql"
SETTINGS = """
[instance]
kind = "production"
operator_name = "Invented Mobile"
country_code = "CN"
pack = "cn-xz-2011"
zone = "Asia/Shanghai"
languages = ["en"]
care_number = "10086"
"""


def free_port():
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def as_server(*words, **more):
    """Run a program as a user that PostgreSQL accepts: it refuses root. The program may lie in a closed folder."""
    given = {}
    if user := server_user():
        allow_traversal(PROGRAMS / "postgres", user)
        given = {"user": user, "group": user, "extra_groups": []}
    return subprocess.run(
        list(map(str, words)),
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        cwd="/",
        **given,
        **more,
    )


class Server:
    """A PostgreSQL 18 that lets in its roles alone, by SCRAM. The build that is at hand has no TLS: `tls_front` does it."""

    def __init__(self, folder, name, roles):
        self.data, self.port, self.sockets = folder / f"{name}-data", free_port(), folder
        as_server(
            PROGRAMS / "initdb",
            "-D",
            self.data,
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"max_prepared_transactions = {2 if name == 'keys' else 0}\nport = {self.port}\nunix_socket_directories = '{folder}'\nfsync = off\nshared_buffers = '16MB'\n"
            )
        (self.data / "pg_hba.conf").write_text(
            f"local all postgres trust\nhost rollkeeper_{name} {roles} 127.0.0.1/32 scram-sha-256\n"
        )
        as_server(PROGRAMS / "pg_ctl", "-D", self.data, "-w", "-l", self.data / "log", "start")

    def psql(self, file, *, env, database="postgres"):
        words = (
            PROGRAMS / "psql",
            "-X",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            self.sockets,
            "-p",
            self.port,
            "-U",
            "postgres",
        )
        return subprocess.run(
            [*map(str, words), "-d", database, "-f", str(file)], env=env, check=True, capture_output=True, text=True
        )  # fmt: skip

    def stop(self):
        as_server(PROGRAMS / "pg_ctl", "-D", self.data, "-m", "immediate", "stop")


@pytest.fixture
def place():
    folder = Path(tempfile.mkdtemp(prefix="rk-own-", dir="/tmp"))
    folder.chmod(0o777)
    servers = []
    yield folder, servers
    for server in servers:
        server.stop()
    shutil.rmtree(folder)


def test_the_roles_and_passwords_of_two_servers_carry_a_production_instance(place):
    folder, servers = place
    servers += [
        Server(folder, "register", "migrator,counter,backoffice,portal,worker,console,vault,auditor"),
        Server(folder, "keys", "migrator,sealer,vault,ledger"),
    ]
    register, keys = servers
    data_dir, known, unknown = folder / "instance", Authority(folder, "known"), Authority(folder, "unknown")
    fronts = contextlib.ExitStack()
    at = {
        name: fronts.enter_context(tls_front(server.port, known.vouch(f"{name}.example")))
        for name, server in (("register", register), ("keys", keys))
    }
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("ROLLKEEPER_", "PG"))}
    made = subprocess.run(
        ["sh", "-c", f'. "{OPS}/passwords.sh" && env'],
        env=clean | {"ROLLKEEPER_HOME": str(data_dir), "AT_REGISTER": f"register.example:{at['register']}", "AT_KEYS": f"keys.example:{at['keys']}"}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    passwords = dict(
        line.split("=", 1) for line in made.stdout.splitlines() if line.startswith(("REGISTER_", "KEYS_"))
    )
    said = register.psql(OPS / "register.sql", env=clean | passwords).stdout
    said += keys.psql(OPS / "keys.sql", env=clean | passwords).stdout
    (data_dir / "settings.toml").write_text(SETTINGS, "utf-8")

    def addresses(authority, *, named="{name}.example"):
        return {
            f"ROLLKEEPER_INSTANCE__{name.upper()}_URL": f"postgresql://{named.format(name=name)}:{port}/rollkeeper_{name}"
            f"?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert={authority.file}"
            for name, port in at.items()
        }

    surroundings = clean | {"ROLLKEEPER_HOME": str(data_dir), "ROLLKEEPER_TRACEBACK": "1", "COLUMNS": "400"}

    def typed(*words, by=None):
        return common_server().run(*map(str, words), surroundings=surroundings | (by or addresses(known)))

    ready = typed("setup", "--production")
    loud = typed("doctor").stdout
    register.psql(SQL / "server_rights.sql", env=clean, database="rollkeeper_register")
    keys.psql(SQL / "keys_server_rights.sql", env=clean, database="rollkeeper_keys")
    healthy = typed("doctor")
    of_another = typed("doctor", by=addresses(unknown))
    misnamed = typed("doctor", by=addresses(known, named="another.example"))
    keys.stop()
    servers.remove(keys)
    down = typed("doctor")

    fronts.close()

    assert ready.returncode == 0, ready.stderr
    assert of_another.returncode != 0
    assert "certificate verify failed" in of_another.stdout + of_another.stderr
    assert misnamed.returncode != 0
    assert "does not match host name" in misnamed.stdout + misnamed.stderr
    assert len(passwords) == 13
    assert not [one for one in passwords.values() if one in said]
    assert {file.stat().st_mode & 0o077 for file in (data_dir / "secrets").iterdir()} == {0}
    assert "is not verified" not in healthy.stdout
    assert (
        loud.count("may write values of rows into its log: log_error_verbosity, log_min_error_statement") == 2
    )
    assert "into its log" not in healthy.stdout
    assert "The server of the keys allows prepared transactions" in healthy.stdout
    assert "The server of the register allows" not in healthy.stdout
    assert (down.returncode, down.stdout.count("does not answer")) == (2, 1)


def test_the_typed_lines_give_psql_the_whole_file_however_the_pipe_is_filled(tmp_path):
    # dash reads ahead: what came in one piece with psql's line was read as commands, and not by psql.
    programs = {
        "ssh": 'all=$(cat); printf "%s\\n" "$all" | env -i PATH="$PATH" sh -c "$2"',
        "runuser": 'shift 3; exec "$@"',
        "psql": f'cat > "{tmp_path}/read"; env > "{tmp_path}/env"',
    }
    for name, text in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    typed = (
        (OPS.parents[1] / "docs" / "install.md")
        .read_text("utf-8")
        .split(". ops/postgresql/passwords.sh\n")[1]
    )

    subprocess.run(
        ["sh", "-c", typed.split("```")[0]], cwd=OPS.parents[1], check=True, capture_output=True,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "REGISTER_WORKER": "one", "KEYS_VAULT": "two"},
    )  # fmt: skip

    assert (tmp_path / "read").read_text("utf-8") == (OPS / "keys.sql").read_text("utf-8")
    assert "KEYS_VAULT=two" in (tmp_path / "env").read_text("utf-8").splitlines()
