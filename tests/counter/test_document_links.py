"""Documents at the counter's pages: joined, parted, replaced; and a foreign one is known by the state that issued it."""

from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows
from rollkeeper.lines.choices import LineState
from rollkeeper.lines.queries import find_line
from tests.builders.staff import sign_in
from tests.counter.test_pages import SECRET, key, post
from tests.registration.people import fresh_number

FOREIGN = SECRET | {"document_type": "passport", "document_state": "NPL", "document_number": "N7654321"}
SHOWN = {name: FOREIGN[name] for name in ("document_type", "document_state", "document_number")}
FURTHER = {
    "further__document_type": "passport",
    "further__document_state": "NPL",
    "further__document_number": "N7654321",
}


def act(client, what, **given):
    return client.post(f"/{what}/", {"submission_key": key(client.get(f"/{what}/"))} | given)


def registered(client, who=SECRET):
    number = fresh_number()
    assert post(client, "register", number, who, double_checked="on").status_code == 302
    return number


def test_the_subscriber_of_a_foreign_passport_gets_a_new_sim_and_ends_the_contract(at_counter):
    number = registered(at_counter, FOREIGN)

    assert (
        act(at_counter, "replace-sim", number=number, **SHOWN | {"document_state": "IND"}).status_code == 422
    )
    assert act(at_counter, "replace-sim", number=number, **SHOWN).status_code == 302
    assert act(at_counter, "terminate", number=number, confirmed="on", **SHOWN).status_code == 302
    assert find_line(number).state is LineState.TERMINATED


def test_a_number_that_was_recorded_wrongly_is_corrected_on_the_page(at_counter):
    number = registered(at_counter, FOREIGN)
    wrong = {f"former__{name}": value for name, value in SHOWN.items()}

    right = post(
        at_counter,
        "change",
        number,
        FOREIGN | {"document_number": "N7654399"},
        former__was_wrong="on",
        **wrong,
    )

    assert right.status_code == 302
    assert act(at_counter, "replace-sim", number=number, **SHOWN).status_code == 422


def test_a_line_of_a_foreigner_is_transferred_and_a_foreign_passport_renewed(at_counter):
    given, renewed = registered(at_counter, FOREIGN), registered(at_counter, FOREIGN)
    transferor = {f"transferor__{name}": value for name, value in SHOWN.items()}
    former = {f"former__{name}": value for name, value in SHOWN.items()}

    changed = post(at_counter, "change", renewed, FOREIGN | {"document_number": "N7654399"}, **former)
    taken = post(at_counter, "transfer", given, double_checked="on", **transferor)

    assert changed.status_code == 302
    assert taken.status_code == 422  # what gives the line up was just replaced
    assert "A newer document replaced" in taken.content.decode()
    assert (
        post(
            at_counter,
            "transfer",
            given,
            double_checked="on",
            **transferor | {"transferor__document_number": "N7654399"},
        ).status_code
        == 302
    )


def test_a_further_document_is_joined_and_parted_by_an_officer_alone(at_counter):
    number = registered(at_counter)
    shown = {"document_type": SECRET["document_type"], "document_number": SECRET["document_number"]}
    officer = sign_in(StaffRole.DATA_PROTECTION_OFFICER)

    joined = act(at_counter, "link-document", number=number, **shown, **FURTHER)
    receipt = at_counter.get(joined["Location"]).content.decode()

    assert "A further document is recorded" in receipt
    assert "N7654321" not in receipt
    assert at_counter.get("/unlink-document/").status_code == 403
    assert "/unlink-document/" not in at_counter.get("/").content.decode()
    assert "/unlink-document/" in officer.get("/").content.decode()
    assert act(officer, "unlink-document", number=number, **SHOWN).status_code == 302
    assert rows("SELECT count(*) AS n FROM subscribers_document")[0].n == 1


def test_a_doubtful_further_document_asks_for_a_second_look_beside_its_field(at_counter):
    number = registered(at_counter)
    given = {
        "number": number,
        "document_type": SECRET["document_type"],
        "document_number": SECRET["document_number"],
    }
    odd = FURTHER | {"further__document_number": "NOFIGURES"}

    asked = act(at_counter, "link-document", **given, **odd)

    assert asked.status_code == 422
    assert 'id="id_further__document_number_error"' in asked.content.decode()
    assert "NOFIGURES" not in asked.content.decode()
    assert act(at_counter, "link-document", double_checked="on", **given, **odd).status_code == 302
