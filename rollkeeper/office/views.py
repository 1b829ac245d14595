# SPDX-License-Identifier: EUPL-1.2
"""The pages of the office."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def campaign(request: HttpRequest) -> HttpResponse:
    """Show the campaign as a picture."""
    return render(request, "office/campaign.html")
