# SPDX-License-Identifier: EUPL-1.2
"""What every process of the instance answers, also of those that should answer and do not."""

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.health import ProcessHealth, examine_app, examine_processes
from rollkeeper.kernel.kept_processes import kept_names
from rollkeeper.vault import client
from rollkeeper.vault.protocol import service_socket


def examine(*, port: int | None = None, process: str | None = None) -> list[ProcessHealth]:
    """Ask every process, or the app on one port, or those of one name; one that is kept going and answers nothing is not alive."""
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
