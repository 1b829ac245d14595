# SPDX-License-Identifier: EUPL-1.2
"""Disclosure requests: an authority's request about one person, decided by two people, minimal, notified, and counted in public.

Owns `disclosures_authority`, `disclosures_request` and `disclosures_deferral`. An authority gets values from the register in no
other way, and never automatically. A disclosure request is about the subscriber of one number on one day. It is never a search;
its answer is never about a second person, and says nothing about calls, content, locations or traffic.

::

    authority   proposed by one, approved by another who compared the fingerprint of its key
    request     entered by one: instrument (sealed unchanged), authority, fields, number (its keyed hash), day, expiry
    decided     by a supervisor and a data protection officer, neither of whom entered it; each types the number again
    opened      entered in the ledger, then opened by one of the two in a command, sealed to the authority's key
    delivered   the file's hash is in the ledger
    notified    the person, at once; or later, as long as the law allows a deferral
    erased      the instrument's key and every reference, when the pack's period is over; only a count is left

No ledger entry about a disclosure request names a line or a person: otherwise people notified later could find themselves in the
published ledger. The notified person gets the request's reference, by which every one of its entries can be checked.
"""
