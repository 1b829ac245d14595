# SPDX-License-Identifier: EUPL-1.2
"""Statutes as dated data, and the pure rules that read them: whoever asks why gets the article, the dates, the counting.

Owns no table. Never reads a clock, never acts.
"""
