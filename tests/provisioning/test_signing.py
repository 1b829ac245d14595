"""Signed requests, held against another implementation of the same specification."""

import datetime as dt
import stat
import time

import pytest
from standardwebhooks import Webhook as Reference
from standardwebhooks import WebhookVerificationError

from rollkeeper.provisioning.errors import REQUEST_NOT_GENUINE
from rollkeeper.provisioning.gateways.signing import Verifier, sign, webhook_secret, webhook_secret_file
from tests.refusals import refusing

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'


def test_the_signature_is_that_of_the_specification_s_own_example():
    headers = sign(SECRET, key="msg_p5jXN8AQM9LWM0D4loKWxJek", at_s=1614265330, body=BODY)

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_reference_implementation_accepts_what_we_sign():
    headers = sign(SECRET, key="k", at_s=int(time.time()), body=BODY)

    assert Reference(SECRET).verify(BODY, headers) == {"test": 2432232314}


def test_the_reference_implementation_refuses_a_changed_body():
    headers = sign(SECRET, key="k", at_s=int(time.time()), body=BODY)

    with pytest.raises(WebhookVerificationError):
        Reference(SECRET).verify(BODY + b" ", headers)


def test_we_accept_what_the_reference_implementation_signs():
    at = dt.datetime.fromtimestamp(1614265330, dt.UTC)
    headers = {
        "Webhook-Id": "k", "Webhook-Timestamp": "1614265330",
        "Webhook-Signature": "v2,xx v1,!! " + Reference(SECRET).sign("k", at, BODY.decode()),
    }  # fmt: skip

    assert Verifier(SECRET).check(headers, BODY, now_s=1614265330) == "k"


@pytest.mark.parametrize("part", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", [None, "", "7", "v1,AAAA", "²"])
def test_a_request_with_any_header_missing_or_changed_is_refused(part, value):
    headers = sign(SECRET, key="k", at_s=1000, body=BODY)
    headers = {n: v for n, v in headers.items() if n != part} | ({part: value} if value is not None else {})

    with refusing(REQUEST_NOT_GENUINE):
        Verifier(SECRET).check(headers, BODY, now_s=1000)


@pytest.mark.parametrize("now_s", [700, 1300])
def test_a_request_within_five_minutes_is_accepted(now_s):
    assert Verifier(SECRET).check(sign(SECRET, key="k", at_s=1000, body=BODY), BODY, now_s=now_s) == "k"


@pytest.mark.parametrize("now_s", [699, 1301])
def test_a_request_beyond_five_minutes_is_refused(now_s):
    with refusing(REQUEST_NOT_GENUINE, match="too old"):
        Verifier(SECRET).check(sign(SECRET, key="k", at_s=1000, body=BODY), BODY, now_s=now_s)


def test_the_very_same_request_again_is_refused():
    verifier, headers = Verifier(SECRET), sign(SECRET, key="k", at_s=1000, body=BODY)
    verifier.check(headers, BODY, now_s=1000)

    with refusing(REQUEST_NOT_GENUINE, match="before"):
        verifier.check(headers, BODY, now_s=1001)


def test_a_further_try_of_the_same_command_is_accepted():
    verifier = Verifier(SECRET)
    verifier.check(sign(SECRET, key="k", at_s=1000, body=BODY), BODY, now_s=1000)

    assert verifier.check(sign(SECRET, key="k", at_s=1010, body=BODY), BODY, now_s=1010) == "k"


def test_a_request_stamped_ahead_stays_remembered_as_long_as_it_would_pass():
    verifier, headers = Verifier(SECRET), sign(SECRET, key="k", at_s=1300, body=BODY)
    verifier.check(headers, BODY, now_s=1000)

    with refusing(REQUEST_NOT_GENUINE, match="before"):
        verifier.check(headers, BODY, now_s=1600)


def test_the_secret_is_made_once_and_readable_by_its_owner_alone(data_dir):
    first = webhook_secret()

    assert webhook_secret() == first
    assert stat.S_IMODE(webhook_secret_file().stat().st_mode) == 0o600
    Reference(first)
