# SPDX-License-Identifier: EUPL-1.2
"""The Django project: settings, addresses, middleware, errors to HTTP, templates, translations.

Owns no table. Only `operations` imports it. A process that loads it makes no core dump.
"""

from rollkeeper.platform.core_dumps import disable_core_dumps

disable_core_dumps()
