# SPDX-License-Identifier: EUPL-1.2
"""Agents, who register people for the operator: who is approved, where and when they may register, what follows if they did wrong.

Owns `agents_agent`, `agents_requirementmet`, `agents_outlet`, `agents_assignment`, `agents_device`, `agents_audit`, `agents_finding`,
`agents_registration`, `agents_imagefingerprint`, `agents_documentimagecount`, `agents_case` and `agents_reverification`. Knows agents,
outlets and lines by reference; keeps nothing about a person except keyed marks of document copies, never suspends a line, and compares
no agent with another.
"""
