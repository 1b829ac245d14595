"""A production instance is told whose it is, or is not made; what it is told stays in its settings, defaults too."""

import errno
import json
import tomllib

import pytest

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import forget_settings, made_mark, settings_file, write_settings
from rollkeeper.operations import bootstrap, setup_answers
from rollkeeper.operations.errors import INSTANCE_KIND_MISMATCH, NO_INSTANCE, SETUP_NOT_DONE, SETUP_UNANSWERED
from tests.in_process import invoke
from tests.operations.tls_front import Authority, tls_front
from tests.refusals import refusing

WHOLE = """
[instance]
operator_name = "Invented Mobile"
country_code = "CN"
pack = "cn-xz-2011"
zone = "Asia/Shanghai"
languages = ["en", "zh-hans", "bo"]
care_number = "10086"
[notices]
tries = 7
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder for an instance that is not made."""
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path / "instance"))
    forget_settings()
    yield tmp_path
    forget_settings()


def test_without_answers_nothing_is_made_and_every_question_is_named(place):
    answer = invoke("setup", "--production", typed="")

    assert answer.exception.code == SETUP_UNANSWERED.code
    assert "instance.operator_name" in str(answer.exception)
    assert "instance.pack" in str(answer.exception)
    assert not (place / "instance").exists()


def test_a_file_of_answers_is_kept_whole_although_some_are_the_defaults(place):
    (place / "answers.toml").write_text(WHOLE, "utf-8")

    setup_answers.answer(place / "answers.toml")

    kept = tomllib.loads(settings_file().read_text("utf-8"))
    assert kept["notices"] == {"tries": 7}
    assert kept["instance"] == {"format": 1, "kind": "production"} | tomllib.loads(WHOLE)["instance"]


def test_a_file_that_lost_the_addresses_is_told_that_the_old_ones_are_kept(place, capsys):
    (place / "answers.toml").write_text(WHOLE, "utf-8")
    places = {"register_url": "postgresql://127.0.0.1/register", "keys_url": "postgresql://127.0.0.1/keys"}
    write_settings(instance=places, vault={"root_url": "https://bao.example:8200"})

    setup_answers.answer(place / "answers.toml")

    said = " ".join(capsys.readouterr().err.split())
    assert (
        "does not name 'instance.register_url', 'instance.keys_url', 'vault.root_url'; settings.toml keeps what it has"
        in said
    )
    kept = tomllib.loads(settings_file().read_text("utf-8"))
    assert kept["vault"]["root_url"] == "https://bao.example:8200"


def test_one_answer_too_few_is_refused_and_nothing_is_written(place):
    (place / "answers.toml").write_text(WHOLE.replace('care_number = "10086"', ""), "utf-8")

    with refusing(SETUP_UNANSWERED, match=r"instance\.care_number\. Nothing"):
        setup_answers.answer(place / "answers.toml")

    assert not settings_file().exists()


def test_answers_do_not_turn_a_demo_instance_into_a_production_instance(place):
    write_settings(instance={"kind": InstanceKind.DEMO})
    made_mark().touch()
    before = settings_file().read_bytes()
    (place / "answers.toml").write_text(WHOLE, "utf-8")

    with refusing(INSTANCE_KIND_MISMATCH):
        setup_answers.answer(place / "answers.toml")

    assert settings_file().read_bytes() == before


def test_only_setup_makes_a_production_instance(place, monkeypatch):
    write_settings(instance={"kind": InstanceKind.PRODUCTION})
    made = []
    monkeypatch.setattr(bootstrap, "set_up_instance", made.append)

    with refusing(SETUP_NOT_DONE):
        bootstrap.open_instance()

    assert made == []


@pytest.mark.parametrize("written", [None, "[notices]\ntries = 7\n"])
def test_a_command_makes_no_instance(place, monkeypatch, written):
    if written:
        settings_file().parent.mkdir(exist_ok=True)
        settings_file().write_text(written, "utf-8")
    made = []
    monkeypatch.setattr(bootstrap, "set_up_instance", made.append)

    with refusing(NO_INSTANCE):
        bootstrap.open_instance()

    assert made == []


def test_a_demo_whose_setup_broke_off_is_said_to_be_made_in_part(place, monkeypatch):
    def full():
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(bootstrap, "make_stores", full)
    with pytest.raises(OSError, match="no room"):
        bootstrap.set_up_instance(InstanceKind.DEMO)

    assert invoke("doctor").exception.code == SETUP_NOT_DONE.code


def test_who_serves_no_instance_is_told_that_a_demo_is_made(place, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "set_up_instance", lambda _: None)
    monkeypatch.setattr(bootstrap, "open_instance", lambda: None)

    bootstrap.open_or_make_instance()

    assert f"no instance in {place / 'instance'}: a demo instance is made" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong", ["[instance\n", '[instance]\ncountry_code = "Tibet"\n', "[colours]\nred = 1\n"]
)
def test_a_file_that_is_wrong_is_refused_and_changes_nothing(place, wrong):
    (place / "answers.toml").write_text(wrong, "utf-8")

    with pytest.raises(RollkeeperError):
        setup_answers.answer(place / "answers.toml")

    assert not settings_file().exists()


def test_a_person_at_a_terminal_is_asked_for_what_is_missing(place, monkeypatch):
    said = iter(["Invented Mobile", "CN", "cn-xz-2011", "Asia/Shanghai", "en, bo", "10086", ""])
    asked = []
    monkeypatch.setattr(setup_answers.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        setup_answers.typer, "prompt", lambda question, **_: asked.append(question) or next(said)
    )

    setup_answers.answer(None)

    kept = tomllib.loads(settings_file().read_text("utf-8"))["instance"]
    assert (kept["operator_name"], kept["languages"]) == ("Invented Mobile", ["en", "bo"])
    assert len(asked) == 7
    assert "register_url" not in kept


@pytest.mark.parametrize(("letters", "asked_again"), [(19, False), (20, False), (21, True)])
def test_a_name_too_long_to_sign_an_sms_is_asked_again(place, monkeypatch, letters, asked_again):
    typed = iter(["a" * letters, *["Invented Mobile"][:asked_again], "CN", "cn-xz-2011", "Asia/Shanghai", "en", "10086", "", ""])  # fmt: skip
    said = []
    monkeypatch.setattr(setup_answers.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(setup_answers.typer, "prompt", lambda *_, **__: next(typed))
    monkeypatch.setattr(setup_answers.err, "print", lambda text, **_: said.append(text))

    setup_answers.answer(None)

    assert ("at most 20 letters" in said[0]) is asked_again


def test_answers_are_for_a_production_instance(place):
    (place / "answers.toml").write_text(WHOLE, "utf-8")

    assert invoke("setup", "--answers", place / "answers.toml").exit_code == 2


def test_a_wrong_answer_at_the_terminal_is_asked_again(place, monkeypatch):
    typed = iter(["Invented Mobile", "china", "CN", "CN", "cn-xz-2011", "Lhasa", "Asia/Shanghai", "tlh", "en, bo", "10086", "mysql://x/y", "", ""])  # fmt: skip
    said = []
    monkeypatch.setattr(setup_answers.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(setup_answers.typer, "prompt", lambda *_, **__: next(typed))
    monkeypatch.setattr(setup_answers.err, "print", lambda text, **_: said.append(text))

    setup_answers.answer(None)

    kept = tomllib.loads(settings_file().read_text("utf-8"))["instance"]
    assert (kept["country_code"], kept["pack"], kept["zone"], kept["languages"]) == (
        "CN", "cn-xz-2011", "Asia/Shanghai", ["en", "bo"],
    )  # fmt: skip
    assert [text for text in said if "capital letters" in text or "no time zone" in text] == said[0:1] + said[
        2:3
    ]
    assert len(said) == 6


def test_who_has_servers_of_their_own_is_asked_for_both(place, monkeypatch):
    urls = ["postgresql://localhost/register", "", "postgresql://localhost/keys"]
    said = iter(["Invented Mobile", "CN", "cn-xz-2011", "Asia/Shanghai", "en", "10086", *urls])
    monkeypatch.setattr(setup_answers.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(setup_answers.typer, "prompt", lambda *_, **__: next(said))

    setup_answers.answer(None)

    kept = tomllib.loads(settings_file().read_text("utf-8"))["instance"]
    assert [kept["register_url"], kept["keys_url"]] == [urls[0], urls[2]]


def test_a_file_of_answers_may_begin_as_windows_editors_begin_it(place):
    (place / "answers.toml").write_text(WHOLE, "utf-8-sig")

    setup_answers.answer(place / "answers.toml")

    assert tomllib.loads(settings_file().read_text("utf-8"))["notices"] == {"tries": 7}


def test_a_wrong_answer_is_named_with_the_file_that_it_is_in(place):
    wrong = WHOLE.replace('"CN"', '"Tibet"').replace("tries = 7", "tries = 0")
    (place / "answers.toml").write_text(wrong, "utf-8")

    with pytest.raises(RollkeeperError) as refused:
        setup_answers.answer(place / "answers.toml")

    assert str(refused.value).count(f"{place / 'answers.toml'}: the setting") == 2
    assert "settings.toml:" not in str(refused.value)


def test_the_doctor_names_a_server_that_kept_the_setup_from_ending(place, monkeypatch):
    url = "postgresql://127.0.0.1:1/none"
    write_settings(instance={"kind": InstanceKind.PRODUCTION, "register_url": url, "keys_url": url})

    answer = invoke("doctor")

    assert answer.exit_code == 2
    assert answer.output.count("does not answer") == 2
    assert not made_mark().exists()


@pytest.mark.parametrize("fault", ["ended", "no authority"])
def test_the_doctor_says_of_a_certificate_what_to_look_at_and_never_to_trust_any(place, tmp_path, fault):
    authority = Authority(tmp_path, "known")
    root = authority.file if fault == "ended" else tmp_path / "none.pem"
    with tls_front(1, authority.vouch("localhost", hours=-1)) as port:
        url = f"postgresql://localhost:{port}/none?sslmode=verify-full&sslrootcert={root}"
        write_settings(instance={"kind": InstanceKind.PRODUCTION, "register_url": url, "keys_url": url})
        found = json.loads(invoke("doctor", "--json").stdout)

    assert len(found) == 2
    assert all("certificate" in one["sentence"] and "certificates.md" in one["remedy"] for one in found)
    assert all("sslmode" not in one["sentence"] and one["sentence"].endswith(".") for one in found)


def test_the_doctor_of_an_instance_that_is_half_made_makes_nothing(place):
    write_settings(instance={"kind": InstanceKind.PRODUCTION})

    assert invoke("doctor").exception.code == SETUP_NOT_DONE.code
    assert not made_mark().exists()
