# SPDX-License-Identifier: EUPL-1.2
"""What a subscriber may see and do about themselves, and the portal worker who carries it out.

Owns `selfcare_coderequest`, `selfcare_reservedcode`, `selfcare_portalsession`, `selfcare_portalrequest`, `selfcare_delegate`, `selfcare_passkey`, `selfcare_application`, `selfcare_consent` and `selfcare_case`. The web app that subscribers use (`portal`) reads
nothing of the register. It writes down that somebody asks for a code, and what somebody who showed a code asks for; the portal worker, a
process without any web, sends the codes, checks, carries out and answers. An answer is sealed to a key that lives only in
the memory of the request that asked.

::

    portal (role portal)                      register                       portal worker (role worker, vault)
      a number -> its blind index ----------> selfcare_coderequest ----------------> a code to the line itself
      the code -> its keyed hash -----------> selfcare_verify_code() makes a row in selfcare_portalsession
      what is asked, and a public key ------> selfcare_portalrequest ------------------> checked, done, sealed
      shown once <--------------------------- the answer, deleted as it is read

So a portal that was taken over lets nobody in who has no code, and acts for nobody who is not there.
"""
