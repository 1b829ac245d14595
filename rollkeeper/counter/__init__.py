# SPDX-License-Identifier: EUPL-1.2
"""The clerk's way in: a person registered in front of you, by someone who can never read them back.

Owns no table. Nothing that was typed is sent back, not even with a fault: with scripts the page keeps it by itself
until it is accepted, without scripts it is typed again.
"""
