# SPDX-License-Identifier: EUPL-1.2
"""Runs commands one after the other, each in a process of its own, without importing everything for each of them.

Reads one JSON object a line (words, typed, out, err), forks, says the process id at once and the exit code at the end.
A word that begins with "@" is a function of this package: "@tests.leak.opening:main".
"""

import json
import os
import sys
from importlib import import_module
from pathlib import Path


def main() -> None:
    """Run what is asked until nobody asks any more."""
    warm_up()
    while (line := sys.stdin.readline()).strip():
        asked = json.loads(line)
        child = os.fork()
        if not child:
            become(asked)
            return run(asked["words"])
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    return None


def warm_up() -> None:
    """Import what every command needs. Nothing is opened: no file of the home, no connection, no thread."""
    from rollkeeper.site import cli

    os.environ["DJANGO_SETTINGS_MODULE"] = "rollkeeper.site.settings"
    cli.make_app()
    for name in ("campaign.acts", "enrolment.bulk", "notices.acts", "network.acts", "retention.acts"):
        import_module(f"rollkeeper.{name}")


def become(asked: dict) -> None:
    """Take the place of a command: its input, its output, its own look at the settings."""
    from rollkeeper.kernel.settings import settings

    settings.cache_clear()
    reading, writing = os.pipe()
    os.write(writing, asked["typed"].encode())
    os.close(writing)
    os.dup2(reading, 0)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    for place, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(Path(asked[name]), os.O_WRONLY | os.O_CREAT | os.O_APPEND), place)


def run(words: list[str]) -> None:
    """Run one command to its end."""
    from rollkeeper.site import cli

    if words[0].startswith("@"):
        module, name = words[0][1:].split(":")
        sys.exit(getattr(import_module(module), name)(*words[1:]))
    sys.argv = ["rollkeeper", *words]
    cli.main()


if __name__ == "__main__":
    main()
