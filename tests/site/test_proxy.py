# SPDX-License-Identifier: EUPL-1.2
"""A real nginx with the configuration of `ops/nginx` in front of an app: slow clients do not block others."""

import datetime as dt
import http.client
import socket
import ssl
import threading
from contextlib import ExitStack, closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rollkeeper.operations.app_process import THREADS
from tests.nginx import needs_nginx, nginx
from tests.operations.test_process_supervisor import free_ports, started

BACKOFFICE, MINE = "backoffice.register.example", "my.register.example"
HALF = (
    "POST /account/login/ HTTP/1.1\r\nHost: {name}\r\nCookie: rollkeeper_backoffice_csrf={mark}\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nlogin="
)

COOKIES = (
    "__Secure-rollkeeper_portal_token=a.b=:c; HttpOnly; Path=/my/; SameSite=Strict; Secure",
    '__Secure-rollkeeper_portal_session=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/',
    "__Secure-rollkeeper_portal_csrf=z; Path\t=\t/backoffice/; Domain=example",
    "__Secure-rollkeeper_backoffice_session=taken; Path=/backoffice/",
    "other=__Secure-rollkeeper_portal_css=x",
)
"""What a portal sets, sound or not."""

pytestmark = needs_nginx


class Echo(BaseHTTPRequestHandler):
    """Replaces an app and reports what reached it."""

    def do_GET(self):
        said = "\n".join(f"{name.lower()}: {value}" for name, value in self.headers.items()).encode()
        self.send_response(200)
        for cookie in COOKIES if self.path == "/my/cookies" else ():
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def proxies(data_dir, tmp_path_factory):
    """The ports of two proxies before a back office and an echo."""
    folder, port = tmp_path_factory.mktemp("proxy"), free_ports()
    echo = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    with ExitStack() as stack, pytest.MonkeyPatch.context() as surroundings:
        stack.callback(echo.server_close)
        stack.callback(echo.shutdown)
        threading.Thread(target=echo.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        surroundings.setenv("ROLLKEEPER_HOSTS", BACKOFFICE)
        stack.enter_context(started(data_dir, port, "--app", "backoffice"))
        _certify(folder)
        found = []
        for name in ("rollkeeper.conf", "one-origin.conf"):
            found.append(first := free_ports())
            places = {
                "127.0.0.1:8000": f"127.0.0.1:{port}",
                "127.0.0.1:8002": f"127.0.0.1:{echo.server_port}",
                "listen 443": f"listen 127.0.0.1:{first}",
                "listen 80": f"listen 127.0.0.1:{first + 1}",
                "/etc/rollkeeper/tls": str(folder),
            }
            (folder / name).mkdir()
            stack.enter_context(nginx(name, folder / name, places, port=first))
        yield found


@pytest.fixture(scope="module")
def proxy(proxies):
    """The port of a proxy before a back office and an echo, each with a host name; the next port is that without TLS."""
    return proxies[0]


@pytest.fixture(scope="module")
def one_name(proxies):
    """The same with one host name for all."""
    return proxies[1]


def _certify(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([]), dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(BACKOFFICE)]), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def connected(port):
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    # Shorter than the proxy's patience with a form: a blocked client gives up first.
    return trusting.wrap_socket(socket.create_connection(("127.0.0.1", port), 6))


def ask(port, name, path="/healthz", **headers):
    with closing(http.client.HTTPConnection(name)) as asking:
        asking.sock = connected(port)
        asking.request(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        answer = asking.getresponse()
        return answer, answer.read().decode()


def test_forms_that_are_never_finished_hold_up_nobody(proxy):
    half = HALF.format(name=BACKOFFICE, mark="m" * 32).encode()
    with ExitStack() as stack:
        for _ in range(2 * THREADS):
            stack.enter_context(connected(proxy)).sendall(half)

        # The first could still be answered while the last forms arrive.
        assert {ask(proxy, BACKOFFICE)[0].status for _ in range(10)} == {200}


def test_a_browser_is_told_to_come_by_tls_alone(proxy):
    assert ask(proxy, BACKOFFICE)[0].headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_request_by_another_name_gets_nothing(proxy):
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(proxy, "elsewhere.example")


def test_nobody_says_of_themselves_where_they_come_from(proxy):
    _, reached = ask(proxy, MINE, X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="http")

    assert "x-forwarded-for: 127.0.0.1" in reached
    assert "x-forwarded-proto: https" in reached
    assert "203.0.113.9" not in reached


def test_what_is_too_large_stops_at_the_proxy(proxy):
    with connected(proxy) as sending:
        sending.sendall(
            f"POST / HTTP/1.1\r\nHost: {BACKOFFICE}\r\nContent-Length: {8 * 1024 * 1024 + 1}\r\n\r\n".encode()
        )
        assert b" 413 " in sending.recv(100)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/counter/register/?name=Invented", "https://counter.register.example/register/"),
        ("/my/", "https://my.register.example/"),
        ("/my", "https://my.register.example/"),
        ("/portal", "https://my.register.example/"),
        ("/counter", "https://counter.register.example/"),
        ("/mystery", "https://backoffice.register.example/"),
        ("/backoffice/campaign/", "https://backoffice.register.example/campaign/"),
        ("/", "https://backoffice.register.example/"),
        ("//elsewhere.example/", "https://backoffice.register.example/"),
    ],
)
def test_one_address_leads_to_each_app_by_path(proxy, path, leads_to):
    answer, _ = ask(proxy, "register.example", path)

    assert (answer.status, answer.headers["Location"]) == (302, leads_to)


@pytest.mark.parametrize("name", ["register.example", MINE])
def test_who_comes_without_tls_is_led_to_it(proxy, name):
    with closing(http.client.HTTPConnection("127.0.0.1", proxy + 1)) as asking:
        asking.request("GET", "/my/?a=b", headers={"Host": name})
        answer = asking.getresponse()

    assert (answer.status, answer.headers["Location"]) == (301, f"https://{name}/my/?a=b")


def test_who_comes_without_tls_by_another_name_is_led_nowhere(proxy):
    with closing(http.client.HTTPConnection("127.0.0.1", proxy + 1)) as asking:
        asking.request("GET", "/", headers={"Host": "elsewhere.example"})
        with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
            asking.getresponse()


def test_one_name_lets_the_portal_set_its_own_cookies_for_its_own_path(one_name):
    answer, _ = ask(one_name, "register.example", "/my/cookies")

    assert sorted(answer.headers.get_all("Set-Cookie")) == [
        f"__Secure-rollkeeper_portal_{one}; Path=/my/; Secure; HttpOnly; SameSite=Strict"
        for one in ("csrf=z", 'session=""', "token=a.b=:c")
    ]


def test_one_name_forbids_scripts_of_the_portal_whatever_it_says(one_name):
    answer, _ = ask(one_name, "register.example", "/my/nothing")

    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {
        "script-src 'none'",
        "worker-src 'none'",
        "sandbox allow-forms allow-same-origin allow-downloads",
    } <= set(policy)
    assert f"form-action https://register.example:{one_name}/my/" in policy
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_one_name_leads_to_the_back_office_and_asks_for_nothing_else(one_name):
    answers = {
        path: ask(one_name, "register.example", path)[0]
        for path in ("/", "/backoffice/readyz", "/static/x", "/portal/")
    }

    assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(answers, 404) | {
        "/": 302
    }
    assert answers["/"].headers["Location"].endswith("/backoffice/")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(one_name, "elsewhere.example")
