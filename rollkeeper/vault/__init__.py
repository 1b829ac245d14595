# SPDX-License-Identifier: EUPL-1.2
"""A thief with everything reads nobody, and erased means erased.

Owns `vault_sealed` in the register and the whole second store, the keys. Never gives out cleartext without a ledger
entry that says who asked, for what purpose and under which authority.
"""
