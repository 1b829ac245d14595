# SPDX-License-Identifier: EUPL-1.2
"""The page on which a passkey was used, as the browser reports it: an answer counts only at the app that asked for it.

All apps share one domain, and other sites of the operator may have it too. A passkey answers each of them.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from fido2.utils import websafe_decode


def is_from_here(request: HttpRequest, credential: Mapping[str, Any]) -> bool:
    """Tell whether a passkey's answer is of a page of this app, and of no frame in a page of another site."""
    try:
        said = json.loads(websafe_decode(credential["response"]["clientDataJSON"]))
        return str(said["origin"]) == f"{request.scheme}://{request.get_host()}" and not said.get(
            "crossOrigin"
        )
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return False
