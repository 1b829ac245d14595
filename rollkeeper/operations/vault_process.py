# SPDX-License-Identifier: EUPL-1.2
"""The vault service as a child of `vault serve`, `serve` or `worker`: ``python -m rollkeeper.operations.vault_process``.

It starts no server of a database: where root runs Rollkeeper it has a separate user, which may not.
"""

import threading

from rollkeeper.operations.child_process import run_as_child


def main() -> None:
    """Answer until asked to stop."""

    def keep(stop: threading.Event) -> None:
        from rollkeeper.vault.service import run

        run(stop)

    run_as_child(keep, needs_servers=False)


if __name__ == "__main__":
    main()
