# SPDX-License-Identifier: EUPL-1.2
"""Asks each process of the instance whether it can do its work, and names each process that should answer and does not."""

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.health import ProcessHealth, examine_app, examine_processes
from rollkeeper.kernel.kept_processes import kept_names
from rollkeeper.vault import client
from rollkeeper.vault.protocol import service_socket


def examine(*, port: int | None = None, process: str | None = None) -> list[ProcessHealth]:
    """Ask every process, or the app on one port, or the processes of one name; a process that should run but does not answer is not alive."""
    if port is not None:
        return [examine_app(port)]
    return [one for one in _all() if process in {None, one.process.partition(".")[0]}]


def _all() -> list[ProcessHealth]:
    found = examine_processes()
    if service_socket().exists():
        try:
            lacking = client.missing_parts()
        except RollkeeperError as refused:
            found.append(ProcessHealth("vault", alive=False, ready=False, missing=refused.code))
        else:
            said = "; ".join(f"{part}: {why}" for part, why in lacking.items())
            found.append(ProcessHealth("vault", alive=True, ready=not lacking, missing=said))
    answered = {one.process.partition(".")[0] for one in found}
    found += [
        ProcessHealth(name, alive=False, ready=False, missing="it does not answer; see its log")
        for name in kept_names()
        if name not in answered
    ]
    return found
