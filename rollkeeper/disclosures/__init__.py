# SPDX-License-Identifier: EUPL-1.2
"""The one way out: a third party's disclosure request about one person, decided by two people, minimal, notified, and counted in public.

Owns `disclosures_authority`, `disclosures_request` and `disclosures_deferral`. There is no other way on
which a value leaves for anybody but the person, and none for a machine. A disclosure request is about who held one number on one day;
it is never searched for, never answered with a second person, and answers nothing about calls, content, places or traffic.

::

    authority     proposed by one, approved by another who compared the fingerprint of its key
    disclosure request        entered by one: instrument (sealed as it came), authority, fields, number (its keyed hash), day, expiry
      decided     by a supervisor and a data protection officer, neither of whom entered it; each types the number anew
      opened      entered in the ledger, then opened by one of the two in a command, sealed to the authority's key
      delivered the file's hash is in the ledger
      notified        the person, at once; or later, for as long as the law lets it be put off and no longer
    erased        the instrument's key and every reference, when the pack's time is over; what is left is a count

No entry of the ledger about a disclosure request names a line or a person: whoever is notified later could find themselves in what is
published. Whoever is notified gets the disclosure request's reference, by which every one of its entries can be checked.
"""
