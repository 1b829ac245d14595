"""TLS in front of a PostgreSQL that has none, as its own protocol asks for it, with a certificate of an invented authority."""

import contextlib
import datetime as dt
import select
import socket
import socketserver
import ssl
import struct
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ASKS_FOR_TLS = struct.pack("!II", 8, 80877103)


class Authority:
    """Vouches for names of servers."""

    def __init__(self, folder, name):
        self.file, self._folder = folder / f"{name}.pem", folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.file.write_bytes(
            _pem(self._certificate(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0)))
        )

    def vouch(self, server, *, hours=1):
        """Return the file with a server's key and certificate, which ends in some hours, or has ended."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, server)])
        made = self._certificate(
            subject, key, x509.SubjectAlternativeName([x509.DNSName(server)]), hours=hours
        )
        file = self._folder / f"{server}.server.pem"
        plain = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(plain + _pem(made))
        return file

    def _certificate(self, subject, key, extension, *, hours=1):
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(hours=9))
            .not_valid_after(now + dt.timedelta(hours=hours)).add_extension(extension, critical=False)
            .sign(self._key, hashes.SHA256())
        )  # fmt: skip


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


@contextlib.contextmanager
def tls_front(port, certificate):
    """Give the port on which a server answers with TLS alone; a connection that does not ask for it is closed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class Front(socketserver.BaseRequestHandler):
        def handle(self):
            if self.request.recv(8, socket.MSG_WAITALL) != ASKS_FOR_TLS:
                return
            self.request.sendall(b"S")
            with (
                contextlib.suppress(OSError),
                context.wrap_socket(self.request, server_side=True) as client,
                socket.create_connection(("127.0.0.1", port)) as server,
            ):
                _carry(client, server)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Front) as listening:
        listening.daemon_threads = True
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield listening.server_address[1]
        listening.shutdown()


def _carry(client, server):
    while True:
        ready = [client] if client.pending() else select.select([client, server], [], [])[0]
        for one in ready:
            read = one.recv(65536)
            if not read:
                return
            (server if one is client else client).sendall(read)
