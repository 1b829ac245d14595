# SPDX-License-Identifier: EUPL-1.2
"""What a subscriber may see and do about themselves, and the porter who carries it out.

Owns `rights_knock`, `rights_keptcode`, `rights_visit`, `rights_ask`, `rights_named`, `rights_passkey`, `rights_application`, `rights_consent` and `rights_case`. The web face that subscribers use (`portal`) reads
nothing of the register. It writes down that somebody knocks, and what somebody who showed a code asks for; the porter, a
process without any web, sends the codes, checks, carries out and answers. An answer is sealed to a key that lives only in
the memory of the request that asked.

::

    portal (role portal)                      register                       porter (role sweep, vault)
      a number -> its blind index ----------> rights_knock ----------------> a code to the line itself
      the code -> its keyed hash -----------> rights_try_code() makes a row in rights_visit
      what is asked, and a public key ------> rights_ask ------------------> checked, done, sealed
      shown once <--------------------------- the answer, deleted as it is read

So a portal that was taken over lets nobody in who has no code, and acts for nobody who is not there.
"""
