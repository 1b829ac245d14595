# SPDX-License-Identifier: EUPL-1.2
"""Prints what Django knows of its settings, its databases, the log and the time, as JSON; of each value only a hash: some are secret."""

import hashlib
import json
import logging
import os
import time


def main() -> None:
    """Set Django up and print."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections
    from django.utils import timezone

    state: dict[str, object] = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    state |= {f"connection {alias}": connections[alias].settings_dict for alias in connections}
    state |= {f"vendor {alias}": connections[alias].vendor for alias in connections}
    state |= {
        f"log {name}": (logger.level, logger.propagate, [type(one).__name__ for one in logger.handlers])
        for name, logger in logging.Logger.manager.loggerDict.items()
        if isinstance(logger, logging.Logger) and name in settings.LOGGING["loggers"]
    }
    state["time"] = (time.tzname, timezone.get_default_timezone_name())
    hashes = {name: hashlib.sha256(repr(value).encode()).hexdigest() for name, value in state.items()}
    print(json.dumps(hashes | {"ROLLKEEPER_APP": os.environ["ROLLKEEPER_APP"]}))


if __name__ == "__main__":
    main()
