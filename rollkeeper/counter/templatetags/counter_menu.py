# SPDX-License-Identifier: EUPL-1.2
"""What the menu of the counter says beside its entries."""

from typing import Any

from django import template

from rollkeeper.access.services import authority_in
from rollkeeper.counter.approvals import count_pending

register = template.Library()


@register.simple_tag(takes_context=True)
def pending_count(context: dict[str, Any]) -> int | None:
    """Return how many actions wait for an approver; None for users who may not approve."""
    return count_pending(authority_in(context["request"]))
