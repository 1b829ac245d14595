# SPDX-License-Identifier: EUPL-1.2
"""Errors of the package provisioning."""

from rollkeeper.kernel.errors import Kind, Refusal

ELEMENT_SECRET_MISSING = Refusal(
    "element_secret_missing",
    Kind.MALFORMED,
    "secrets/{file} is missing, empty or readable by others: the element would not accept our orders.",
    "Write the element's secret into it, mode 0600; docs/provisioning.md says which.",
)
# A production instance without a network that could be told.
NO_NETWORK = Refusal(
    "no_network",
    Kind.MALFORMED,
    "No network is configured: commands are not sent.",
    "Set 'provisioning.by_service' or 'provisioning.webhook.url' in settings.toml; docs/provisioning.md says how.",
)
REQUEST_NOT_GENUINE = Refusal(
    "request_not_genuine",
    Kind.FORBIDDEN,
    "The request was refused: {why}.",
    "Compare both sides' clocks and their copies of secrets/webhook.key.",
)
