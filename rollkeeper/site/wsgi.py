# SPDX-License-Identifier: EUPL-1.2
"""The WSGI entry point: the pages of the app that this process serves."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.site.settings")

application = get_wsgi_application()
path = settings.FORCE_SCRIPT_NAME or ""

# Loaded code is never collected: looking through it again and again would delay about one request in some hundred for long. A few
# hundred small objects that loading left behind stay too: looking for them took a sixth of the start.
gc.freeze()
# Most of what a request leaves is freed at once; looking for cycles twice in each request took a fifteenth of a registration.
gc.set_threshold(10_000, 10, 10)
gc.enable()
