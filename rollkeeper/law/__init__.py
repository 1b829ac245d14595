# SPDX-License-Identifier: EUPL-1.2
"""Statutes as dated data, and the pure rules that read them. Every answer comes with the article, the dates and the counting.

Owns no table. Never reads a clock, never acts.
"""
