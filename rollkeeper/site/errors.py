# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the web's edge and of serving."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class NotForThisApp(RollkeeperError):
    """Whoever is signed in has no role that opens this app."""

    code = "not_for_this_app"
    kind = Kind.FORBIDDEN
    sentence = "Your account has no role that opens this app ({app}) today."
    remedy = "It opens to: {roles}. Ask an administrator, or go to your own app."


class SecondFactorNeeded(RollkeeperError):
    """A production instance lets nobody in by a password alone."""

    code = "second_factor_needed"
    kind = Kind.FORBIDDEN
    sentence = "Your account has no second factor that opens this app."
    remedy = "Sign in at the back office and add one; at a counter, whoever may enter the back office needs a passkey."


class PageNotFound(RollkeeperError):
    """There is no page at this address."""

    code = "page_not_found"
    kind = Kind.NOT_FOUND
    sentence = "There is no page at this address."
    remedy = "Go back to the first page."


class FormExpired(RollkeeperError):
    """A form came without the mark that shows that it is ours (CSRF)."""

    code = "form_expired"
    kind = Kind.FORBIDDEN
    sentence = "This form is too old, or cookies are switched off; nothing was done."
    remedy = "Go back, reload the page and send it again."


class BadRequest(RollkeeperError):
    """A request that no page of ours makes."""

    code = "bad_request"
    kind = Kind.MALFORMED
    sentence = "This request could not be read; nothing was done."
    remedy = "Go back and send the form again."


class ServerError(RollkeeperError):
    """Something broke that should not have."""

    code = "server_error"
    kind = Kind.INTERNAL
    sentence = "Something went wrong on our side; nothing was half done."
    remedy = "Try again. If it happens again, give the administrator this reference: {reference}."
