# SPDX-License-Identifier: EUPL-1.2
"""The WSGI entry point: the pages of the app that this process serves."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.site.settings")

application = get_wsgi_application()
path = settings.FORCE_SCRIPT_NAME or ""

# Loaded code stays: collecting it again and again would delay about one request in some hundred for long. What it left, a few
# hundred small things, stays too: to look for them took a sixth of the start.
gc.freeze()
# What a request leaves is freed as it goes; to look for cycles twice in each one took a fifteenth of a registration.
gc.set_threshold(10_000, 10, 10)
gc.enable()
