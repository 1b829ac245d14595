# SPDX-License-Identifier: EUPL-1.2
"""The clerks' app: a clerk registers a person at the counter, and can never read the record again.

Owns no table. Typed values are never sent back, not even with a fault: with scripts the page itself keeps them
until they are accepted, without scripts the clerk types them again.
"""
