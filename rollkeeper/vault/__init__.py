# SPDX-License-Identifier: EUPL-1.2
"""A thief with all data can read no record, and erased means erased.

Owns `vault_sealed`, `vault_file`, `vault_copy`, `vault_canary`, `vault_alarm` and `vault_openingcount` in the register, and the
whole second store, the keys. Never gives out cleartext without a ledger
entry that says who asked, for what purpose and under which authority. Keeps no opened key from one call to the next.

Keys
----

::

    root of trust          a file, or a key service; wraps, unwraps, has versions     (vault.root)
      |  wraps
    epoch's secret         32 random bytes, wrapped in the store of keys               (vault.epochs)
      |  HKDF-Expand, SHA-256, one label each
      +-- "person-keys"    seals people's keys in the vault's own process      kind 1
      +-- "line-values"    seals lines' values in the vault's own process      kind 1
      +-- "ml-kem-768", "x25519"
            the private half of HPKE MLKEM768-X25519; its public half seals    kind 2
            both of the above in processes that may have only the public half
      |  seals
    person's key           32 random bytes a person and tenure; destroying it erases  (vault.keys)
      |
      +-- seals each attribute (AES-256-GCM)
      +-- HKDF-Expand "rollkeeper/commitment": the key of the person's commitment in the ledger

    copies' key            like a person's, under tenure_id with 8 as its version; destroying it erases the tenure's copies
    SIM's key              for a SIM that replaced another: like a person's, under tenure_id with 9 as its version and the SIM's number in
                           the 12 bits that follow; destroyed with its tenure's key

    index key              HMAC for exact look-ups; derived from the root once,
                           then in its own file, which a web app may read             (vault.blind)

    offline key            32 random bytes, wrapped by the root as an epoch's secret is; its public half is for browsers.
                           Renewed every week, destroyed some weeks later          (vault.offline_keys)

    public-keys' key       Ed25519; signs the public halves of epochs and offline keys      (vault.signed_public_keys)

A process that only writes (the counter) has the public half, the key that verifies its signature, and the index key. A process
that opens has the root.

Bytes
-----

Numbers are big-endian. `||` joins. Versions and kinds are one byte; an unknown one does not open.

An attribute (`vault_sealed.ciphertext`), under the person's key::

    0        1                  13
    +--------+------------------+------------------------------+------------+
    | 01     | nonce (12)       | ciphertext (n x 32, 64, 128) | tag (16)   |
    +--------+------------------+------------------------------+------------+
    associated data = "rollkeeper/attribute" || 00 || 01 || person_id (16) || tenure_id (16) || field (UTF-8)

An attribute of a SIM that replaced another begins with 02 and the SIM's number (2) instead of 01, and is under that SIM's key; the rest is
the same. If an earlier SIM's values are kept (`sql/replace_sim.sql`), the column `field` has the number of the later SIM's ledger entry
appended, as in iccid:7; the associated data has `field` alone.

A copy of a document (an object of the document store, `vault.document_store`) has the same form, filled up to a multiple of 4096, under
the key of the tenure's copies; a copy older than 0.3.0 is under the person's key::

    associated data = "rollkeeper/document-copy" || 00 || 01 || person_id (16) || tenure_id (16) || position (1)
    name of the object = last two hexadecimal digits of tenure_id / tenure_id / person_id - position

A person's key (`person_key.wrapped`) and a line's value (`lines_line.number_sealed`, `contact_sealed`), to an epoch::

    0        1        2                  6
    +--------+--------+------------------+------------+-------------------------------+------------+
    | 01     | kind   | epoch (4)        | kind 1: nonce (12)  | ciphertext           | tag (16)   |
    |        |        |                  | kind 2: enc (1120)  | ciphertext           | tag (16)   |
    +--------+--------+------------------+------------+-------------------------------+------------+
    context = first six bytes || "rollkeeper/person-key" || 00 || person_id (16) || tenure_id (16)
            | first six bytes || "rollkeeper/line-value" || 00 || line_id (16) || field (UTF-8)
    kind 1: AES-256-GCM, the context is its associated data
    kind 2: HPKE (RFC 9180) in base mode, MLKEM768-X25519, HKDF-SHA256, AES-256-GCM; the context is its `info`,
            the associated data is empty; enc is 1088 bytes of ML-KEM-768 and 32 of X25519

What a browser sealed without a network (`offline_registration.sealed`), to an offline key. The key's number is in the place of the
epoch's, and its secret has the form of an epoch's, but it is not an epoch (`vault.offline_keys`)::

    kind 2, as above; the number is the offline key's
    context = first six bytes || "rollkeeper/capture" || 00 || ticket_id (16) || submission key (ASCII)
    cleartext = JSON in UTF-8, then one byte 80, then zeros up to a multiple of 4096

An epoch's secret (`epoch.secret_wrapped`), under a root that is a file::

    0        1        2                  6            18                    50
    +--------+--------+------------------+------------+---------------------+------------+
    | 01     | 00     | root version (4) | nonce (12) | ciphertext (32)     | tag (16)   |
    +--------+--------+------------------+------------+---------------------+------------+
    associated data = first six bytes || "rollkeeper/epoch-secret" || 00 || epoch (4)
                    | first six bytes || "rollkeeper/capture-secret" || 00 || offline key (4)

Before sealing, a value is padded with one byte 80 and then zeros to a multiple of `fields.padded_to_bytes`, so that the length of
a number says nothing and that of a name little. A canary's value has 80 01 there and then zeros. A canary is an invented
person: opening one raises an alarm, and without opening no one can recognise it (`vault.canaries`).

Bounds: nonces are random, so one epoch should seal no more than 2^32 secrets of each sort symmetrically (NIST SP
800-38D); a register of a hundred million lines rotates long before. A person's key seals a handful of attributes.
"""
