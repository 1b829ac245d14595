# SPDX-License-Identifier: EUPL-1.2
"""A device that makes and shows passkeys, in software: what a browser would send for it."""

import json
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Device:
    """One passkey in one device."""

    def __init__(self, origin="http://localhost:8182", domain="localhost", flags=PRESENT | VERIFIED):
        self.origin, self.domain, self.flags, self.count, self.is_framed = origin, domain, flags, 0, False
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = sha256(repr(id(self)).encode()).digest()

    def made(self, options):
        """Return what a browser says after it made a passkey."""
        credential = AttestedCredentialData.create(
            Aaguid(bytes(16)), self.name, ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(
            sha256(self.domain.encode()).digest(), self.flags | ATTESTED, self.count, credential
        )
        return self._said(
            attestationObject=AttestationObject.create("none", data, {}),
            clientDataJSON=self._client("create", options),
        )

    def shown(self, options):
        """Return what a browser says after it showed the passkey."""
        self.count += 1
        data = AuthenticatorData.create(sha256(self.domain.encode()).digest(), self.flags, self.count)
        client = self._client("get", options)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._said(authenticatorData=data, clientDataJSON=client, signature=signature)

    def _client(self, kind, options):
        return CollectedClientData.create(
            f"webauthn.{kind}", websafe_decode(options["challenge"]), self.origin, cross_origin=self.is_framed
        )

    def _said(self, **parts):
        name = websafe_encode(self.name)
        response = {key: websafe_encode(value) for key, value in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
