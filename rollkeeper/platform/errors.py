# SPDX-License-Identifier: EUPL-1.2
"""Errors of the package platform."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError


class ServerDidNotStart(RollkeeperError):
    """The embedded PostgreSQL could not be started."""

    code = "server_did_not_start"
    kind = Kind.INTERNAL
    sentence = "The embedded PostgreSQL for {store} did not start: {why}."
    remedy = "Free some space if the disk is full; otherwise see {log}: does another user own the instance?"


BACKUP_TOOL_FAILED = Refusal(
    "backup_tool_failed",
    Kind.INTERNAL,
    "{tool} did not finish: {why}.",
    "Nothing was changed. Fix the cause and run the command again.",
)
