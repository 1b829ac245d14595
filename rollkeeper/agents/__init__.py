# SPDX-License-Identifier: EUPL-1.2
"""Those who act for the operator: who is let in, where and when they may register people, and what follows when they should not have.

Owns `agents_agent`, `agents_requirementmet`, `agents_outlet`, `agents_assignment`, `agents_device`, `agents_audit`, `agents_finding`,
`agents_registration`, `agents_imagefingerprint`, `agents_documentimagecount`, `agents_case` and `agents_reverification`. Knows agents, outlets and lines by reference; keeps nothing about a
person but keyed marks of copies, never cuts a line off, and compares no agent with another.
"""
