# SPDX-License-Identifier: EUPL-1.2
"""What the law no longer allows to keep: found, kept where there is a legal hold, erased, certified.

Owns `retention_erasure`, `retention_run`; adds legal holds in `lines_legalhold`. Never erases without an article, never keeps past the last day.
"""
