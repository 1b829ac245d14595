# SPDX-License-Identifier: EUPL-1.2
"""Records that the law no longer allows to keep: found, kept under a legal hold, erased, certified.

Owns `retention_erasure`, `retention_run`, `retention_brake`; adds legal holds in `lines_legalhold`. Never erases
without an article, never keeps past the last day. A copy of a document is erased before its record where the law gives it a shorter time.
"""
