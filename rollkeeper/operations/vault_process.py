# SPDX-License-Identifier: EUPL-1.2
"""The vault service as a child of `vault serve`, `serve` or `worker`: ``python -m rollkeeper.operations.vault_process``.

It starts no database server: where root runs Rollkeeper, this process has a separate user, which may not start one.
"""

from rollkeeper.operations.child_process import Keep, run_as_child


def main() -> None:
    """Answer until asked to stop."""

    def load() -> Keep:
        from rollkeeper.vault.service import run

        return run

    run_as_child(load, needs_servers=False)


if __name__ == "__main__":
    main()
