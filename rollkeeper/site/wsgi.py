# SPDX-License-Identifier: EUPL-1.2
"""What a web server calls: the pages of the app that this process serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.site.settings")

application = get_wsgi_application()

# What is loaded by now stays: going through it again and again would hold up one request in some hundred for long.
gc.collect()
gc.freeze()
