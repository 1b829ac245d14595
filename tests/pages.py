# SPDX-License-Identifier: EUPL-1.2
"""What an answer of Django's test client says."""

from django.http import HttpResponse


def text(answer: HttpResponse) -> str:
    """Return the page's text."""
    return answer.content.decode()
