# SPDX-License-Identifier: EUPL-1.2
"""What the law no longer allows to keep: found, held back where a legal hold stands, erased, certified.

Owns `retention_erasure`, `retention_run`; lays holds in `lines_hold`. Never erases without an article, never keeps past the last day.
"""
