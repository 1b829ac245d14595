# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the web's edge and of serving."""

from rollkeeper.kernel.errors import Kind, Refusal

NOT_FOR_THIS_APP = Refusal(
    "not_for_this_app",
    Kind.FORBIDDEN,
    "Your account has no role for this app ({app}) today.",
    "It is open to: {roles}. Ask an administrator, or go to your own app.",
)
# An agent must not see figures of another agent, or decide about what the agent's own staff recorded.
CLOSED_TO_AGENTS = Refusal(
    "closed_to_agents",
    Kind.FORBIDDEN,
    "The back office is closed to accounts of agents.",
    "Sign in at the counter. Who works for the operator itself needs an account that was never at an agent's outlet.",
)
# A production instance admits no one by a password alone.
SECOND_FACTOR_NEEDED = Refusal(
    "second_factor_needed",
    Kind.FORBIDDEN,
    "Your account has no second factor for this app.",
    "Sign in at the back office and add one; users of the back office need a passkey at a counter.",
)
PAGE_NOT_FOUND = Refusal(
    "page_not_found",
    Kind.NOT_FOUND,
    "There is no page at this address.",
    "Go back to the first page.",
)
# The CSRF token is missing or wrong.
FORM_EXPIRED = Refusal(
    "form_expired",
    Kind.FORBIDDEN,
    "This form is too old, or cookies are switched off; nothing was done.",
    "Go back, reload the page and send it again.",
)
BAD_REQUEST = Refusal(
    "bad_request",
    Kind.MALFORMED,
    "This request could not be read; nothing was done.",
    "Go back and send the form again.",
)
REGISTER_UNREACHABLE = Refusal(
    "register_unreachable",
    Kind.INTERNAL,
    "The register is out of reach at the moment; nothing was saved.",
    "Keep what you typed and try again in a minute. A counter can continue: what is recorded there waits, sealed, until the register is back.",
)
NO_ROOM = Refusal(
    "no_room",
    Kind.INTERNAL,
    "The disk of the register is full; nothing was saved.",
    "Tell the administrator, and try again when there is room: everything then continues automatically.",
)
SERVER_ERROR = Refusal(
    "server_error",
    Kind.INTERNAL,
    "Something went wrong on our side; nothing was changed.",
    "Try again. If it happens again, give the administrator this reference: {reference}.",
)
