# SPDX-License-Identifier: EUPL-1.2
"""What subscribers may see and do about themselves, and the portal worker that carries it out.

Owns `selfcare_coderequest`, `selfcare_codetry`, `selfcare_postedcode`, `selfcare_reservedcode`, `selfcare_portalsession`, `selfcare_portalrequest`, `selfcare_delegate`,
`selfcare_passkey`, `selfcare_application`, `selfcare_consent` and `selfcare_case`. The web app for subscribers (`portal`) reads
nothing of the register. It stores code requests, and requests of sessions; the portal worker, a process without web access, sends
the codes, checks, carries out and answers. An answer is encrypted to a key that exists only in the memory of the requesting
process.

::

    portal (role portal)                      register                       portal worker (role worker, vault)
      a number -> its blind index ----------> selfcare_coderequest ----------------> a code to the line itself
      the code -> its keyed hash -----------> selfcare_count_try(), and selfcare_verify_code() makes a row in selfcare_portalsession
      what is asked, and a public key ------> selfcare_portalrequest ------------------> checked, done, sealed
      shown once <--------------------------- the answer, deleted as it is read

So an attacker who controls the portal cannot sign in without a code, and cannot act for a subscriber without a session.
"""
