# SPDX-License-Identifier: EUPL-1.2
"""How long a sign-in lasts at each app: the counter's ends in the register too, untouched for as long as the instance says."""

import os
import subprocess
import sys

import pytest

ASK = "from rollkeeper.site import settings as s; print(s.SESSION_COOKIE_AGE, s.SESSION_SAVE_EVERY_REQUEST)"


@pytest.mark.parametrize(("app", "said"), [("counter", "420 True"), ("backoffice", "3600 True")])
def test_a_sign_in_at_the_counter_ends_after_the_instances_idle_minutes(tmp_path, app, said):
    (tmp_path / "settings.toml").write_text("[counter]\nidle_minutes = 7\n", "utf-8")

    found = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, check=True,
        env=os.environ | {"ROLLKEEPER_HOME": str(tmp_path), "ROLLKEEPER_APP": app, "ROLLKEEPER_ROLE": app},
    )  # fmt: skip

    assert found.stdout.strip() == said


NAMES = (
    "from rollkeeper.site import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.CSS_COOKIE_NAME,"
    " s.PORTAL_TOKEN_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE)"
)


@pytest.mark.parametrize("app", ["counter", "backoffice", "portal"])
@pytest.mark.parametrize(("kind", "prefix"), [("production", "__Host-"), ("demo", "")])
def test_a_production_cookie_is_bound_to_its_host(tmp_path, app, kind, prefix):
    (tmp_path / "settings.toml").write_text(f'[instance]\nkind = "{kind}"\n', "utf-8")

    found = subprocess.run(
        [sys.executable, "-c", NAMES], capture_output=True, text=True, check=True,
        env=os.environ | {"ROLLKEEPER_HOME": str(tmp_path), "ROLLKEEPER_APP": app, "ROLLKEEPER_ROLE": app},
    )  # fmt: skip

    *names, session_secure, language_secure = found.stdout.split()
    assert all(
        name.startswith((f"{prefix}rollkeeper_{app}_", f"{prefix}rollkeeper_portal_")) for name in names
    )
    assert {session_secure, language_secure} == {str(kind == "production")}


IN_ONE_ORIGIN = """[instance]
kind = "production"
[access]
backoffice_address = "https://register.example/backoffice"
counter_address = "https://register.example/counter"
portal_address = "https://register.example/my/"
"""
POLICY = (
    "from rollkeeper.site import settings as s; print(s.SESSION_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, s.MESSAGES_COOKIE_NAME, s.STATIC_URL,"
    " s.LOGIN_URL, s.FORCE_SCRIPT_NAME, s.CSRF_COOKIE_HTTPONLY, *s.SECURE_CSP['script-src'], *s.SECURE_CSP['form-action'],"
    " *s.SECURE_CSP['worker-src'])"
)


@pytest.mark.parametrize(("app", "path", "script", "worker"), [
    ("counter", "/counter", "https://register.example/counter/static/", "https://register.example/counter/service-worker.js"),
    ("backoffice", "/backoffice", "https://register.example/backoffice/static/", "'none'"), ("portal", "/my", "'none'", "'none'"),
])  # fmt: skip
def test_in_one_origin_an_app_keeps_to_its_path(tmp_path, app, path, script, worker):
    (tmp_path / "settings.toml").write_text(IN_ONE_ORIGIN, "utf-8")

    found = subprocess.run(
        [sys.executable, "-c", POLICY], capture_output=True, text=True, check=True,
        env=os.environ | {"ROLLKEEPER_HOME": str(tmp_path), "ROLLKEEPER_APP": app, "ROLLKEEPER_ROLE": app},
    )  # fmt: skip

    cookie = f"__Secure-rollkeeper_{app}_"
    assert found.stdout.split() == [
        f"{cookie}session", f"{cookie}language", f"{cookie}messages", f"{path}/static/", f"{path}/account/login/", path,
        str(app == "portal"), script, f"https://register.example{path}/", worker,
    ]  # fmt: skip
