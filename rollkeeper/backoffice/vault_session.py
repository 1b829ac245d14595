# SPDX-License-Identifier: EUPL-1.2
"""How a page asks the vault service in a person's name: their password and code go to the service, which checks them itself.

The session lasts some minutes. This app keeps its token with the person's own session and never a password.
"""

from typing import Any, Final

from django.http import HttpRequest

from rollkeeper.access.models import Staff
from rollkeeper.backoffice.forms import VaultSignInForm
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.vault import client
from rollkeeper.vault.errors import VAULT_SESSION_OVER

_SESSION: Final = "vault_session"


def sign_in_form(request: HttpRequest, *, bound: bool = False) -> VaultSignInForm | None:
    """Return the form by which a person proves their identity to the vault; None while their session with the vault lasts."""
    if request.session.get(_SESSION):
        return None
    return VaultSignInForm(request.POST) if bound else VaultSignInForm()


def ask_vault(request: HttpRequest, sign_in: VaultSignInForm | None, operation: str, **asked: Any) -> Any:
    """Have the service do something in this person's name. `sign_in` must be valid, if given. Refuses: what the service refuses."""
    if sign_in is not None:
        given = sign_in.cleaned_data
        who: Staff = request.user  # type: ignore[assignment]
        session = client.sign_in(who.username, given["password"], lambda: given["code"])
        request.session[_SESSION] = session.token
    try:
        return client.ask(operation, token=request.session[_SESSION], **asked)
    except RollkeeperError as fault:
        if fault.code == VAULT_SESSION_OVER.code:
            del request.session[_SESSION]
        raise


def is_over(fault: RollkeeperError) -> bool:
    """Tell whether nothing was done because the session with the vault was over."""
    return fault.code == VAULT_SESSION_OVER.code
