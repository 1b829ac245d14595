"""A file handed in on a page: sealed by the app, proposed, counted, imported and destroyed by the worker."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.models import RoleGrant
from rollkeeper.access.roles import StaffRole
from rollkeeper.backoffice.import_map import columns_of, map_of, meanings_of, missing_in
from rollkeeper.imports.choices import UploadState
from rollkeeper.imports.errors import UPLOAD_COUNTED_AGAIN, UPLOAD_NOT_IN_STATE
from rollkeeper.imports.jobs import work_on_uploads
from rollkeeper.imports.kind_values import kind_values
from rollkeeper.imports.models import Upload
from rollkeeper.imports.upload_work import LASTS
from rollkeeper.imports.uploads import decide_upload, receive_upload, upload
from rollkeeper.kernel.database import rows
from rollkeeper.lines.queries import find_line
from tests.builders.packs import REFERENCE, use_pack, with_line_attributes
from tests.builders.past import make_older
from tests.builders.staff import employ
from tests.entries import entries
from tests.refusals import is_refused_at_commit, refusing
from tests.registration.conftest import vaulted_committed  # noqa: F401
from tests.registration.people import card

pytestmark = pytest.mark.usefixtures("vaulted_committed")
ON = dt.date(2012, 1, 10)
NAMES = ("Tenzin Invented", "Dolma Invented")
FILE = (
    "号码;用户状态;入网日期;姓名\n"
    f"13908917001;正常;2009-05-01;{NAMES[0]}\n"
    f"13908917002;正常;2010-05-01;{NAMES[1]}\n"
    "13908917003;拆机;2010-05-01;Pasang Invented\n"
    "not a number;正常;2010-05-01;Nyima Invented\n"
)  # fmt: skip


@pytest.fixture
def manager(committed):
    return employ(StaffRole.CAMPAIGN_MANAGER)


def hand_in(manager, as_role, text=FILE):
    with as_role("backoffice"):
        return receive_upload(manager, text.encode(), on=ON)


def work():
    return work_on_uploads()


def stored(upload_id):
    """All that the register keeps of an upload in clear."""
    (row,) = rows("SELECT u::text AS said FROM imports_upload u WHERE upload_id = %s", [upload_id])
    return row.said


def import_it(manager, upload_id):
    """Ask for the import of what is counted now."""
    seen = upload(manager, upload_id).counted_as
    decide_upload(manager, upload_id, UploadState.IMPORT_REQUESTED, on=ON, counted_as=seen)


def test_a_file_goes_from_the_page_into_the_register_and_its_key_is_destroyed(manager, as_role):
    upload_id = hand_in(manager, as_role)
    work()
    seen = upload(manager, upload_id)
    with as_role("backoffice"):
        decide_upload(
            manager, upload_id, UploadState.COUNT_REQUESTED, on=ON, chosen={"raw": seen.proposal["raw"]}
        )
    work()
    counted = upload(manager, upload_id)
    with as_role("backoffice"):
        import_it(manager, upload_id)
    work()
    done = upload(manager, upload_id)

    assert seen.proposal["raw"]["number"] == {"column": "号码"}
    assert (counted.state, counted.outcome["lines"], counted.outcome["refused"], counted.outcome["left_out"]) == ("counted", 2, 1, 1)  # fmt: skip
    assert (done.state, done.outcome["lines"], done.outcome["refused"]) == ("imported", 2, 1)
    assert done.outcome["refused_rows"][0]["row"] == "5"
    assert (counted.refusals, done.refusals) == ([], [])  # a count of rows is no refusal of the file
    assert find_line("+8613908917001").line_id
    assert not rows("SELECT FROM vault_file")
    assert not rows("SELECT FROM person_key WHERE person_id = %s", [upload_id], using="keys")


def test_the_register_keeps_no_clear_value_of_a_person_of_an_upload(manager, as_role):
    upload_id = hand_in(manager, as_role)
    work()

    said = stored(upload_id)

    assert "正常" in said
    assert not [value for value in (*NAMES, "13908917001") if value in said]
    (file,) = rows("SELECT ciphertext FROM vault_file")
    assert NAMES[0].encode() not in bytes(file.ciphertext)


def test_the_app_that_took_a_file_reads_it_no_more(manager, as_role):
    hand_in(manager, as_role)

    with as_role("backoffice"), pytest.raises(DatabaseError), transaction.atomic():
        rows("SELECT ciphertext FROM vault_file")


def test_the_app_notes_no_upload_without_its_entry(manager, as_role):
    upload_id = hand_in(manager, as_role)

    with as_role("backoffice"):
        assert is_refused_at_commit("UPDATE imports_upload SET state = 'counted'")
        assert is_refused_at_commit(
            "SELECT access_ask(uuidv7(), %s, 'imports-import', 'keys', %s, '{}', '{}', true, false, 1)",
            [manager.staff_id, upload_id],
        )


def test_a_file_that_no_one_imports_is_destroyed_after_a_day(manager, as_role):
    upload_id = hand_in(manager, as_role)
    work()
    make_older(Upload, LASTS + dt.timedelta(minutes=1), "uploaded_at")

    work()

    assert upload(manager, upload_id).state is UploadState.DISCARDED
    assert not rows("SELECT FROM vault_file")


def test_what_is_not_counted_is_not_imported(manager, as_role):
    upload_id = hand_in(manager, as_role)
    work()

    with refusing(UPLOAD_NOT_IN_STATE):
        import_it(manager, upload_id)


def test_a_file_that_a_colleague_counted_again_is_not_imported_unseen(manager, as_role):
    upload_id = hand_in(manager, as_role)
    work()
    chosen = {"raw": upload(manager, upload_id).proposal["raw"]}
    decide_upload(manager, upload_id, UploadState.COUNT_REQUESTED, on=ON, chosen=chosen)
    work()
    seen = upload(manager, upload_id)
    other = {"raw": chosen["raw"] | {"service": {"constant": "fixed_line"}}}
    decide_upload(
        employ(StaffRole.CAMPAIGN_MANAGER), upload_id, UploadState.COUNT_REQUESTED, on=ON, chosen=other
    )
    work()

    with as_role("backoffice"), refusing(UPLOAD_COUNTED_AGAIN):
        decide_upload(manager, upload_id, UploadState.IMPORT_REQUESTED, on=ON, counted_as=seen.counted_as)

    assert upload(manager, upload_id).state is UploadState.COUNTED
    import_it(manager, upload_id)
    assert upload(manager, upload_id).state is UploadState.IMPORT_REQUESTED


def test_a_file_without_known_names_is_not_shown_and_destroyed(manager, as_role):
    upload_id = hand_in(manager, as_role, "Tenzin;Lhasa\nDolma;Shigatse\n")
    work()

    seen = upload(manager, upload_id)

    assert seen.state is UploadState.UNREADABLE
    assert [fault.code for fault in seen.refusals] == ["import_header_unknown"]
    assert not rows("SELECT FROM vault_file")


def test_the_worker_opens_nothing_of_a_person_who_lost_the_permission(manager, as_role):
    upload_id = hand_in(manager, as_role)
    RoleGrant.objects.update(until=dt.date(2001, 1, 1))

    work()

    assert [fault.code for fault in upload(manager, upload_id).refusals] == ["not_allowed"]


USCC = "91350211MA000100Y3"
COMPANIES = "号码;入网日期;客户类型;单位名称;单位地址;统一社会信用代码;经办人;经办人证件号码\n" + "".join(
    f"1390891700{n};2010-05-01;{kind};{firm};虚构路 2 号;{USCC};{NAMES[0]};{card(77)}\n"
    for n, (kind, firm) in enumerate([("集团客户", "虚构贸易有限公司")] * 6 + [("校园", "虚构学校")])
)


def test_a_file_of_companies_goes_from_the_page_into_the_register(manager, as_role):
    upload_id = hand_in(manager, as_role, COMPANIES)
    work()
    seen = upload(manager, upload_id)
    chosen = {"raw": seen.proposal["raw"], "others": {"客户类型": "company"}}
    decide_upload(manager, upload_id, UploadState.COUNT_REQUESTED, on=ON, chosen=chosen)
    work()
    import_it(manager, upload_id)
    work()

    done = upload(manager, upload_id)
    kinds = rows("SELECT DISTINCT party_kind, bearer_person_id IS NOT NULL AS has_bearer FROM lines_tenure")
    assert (done.state, done.outcome["registered"], done.outcome["lines"]) == ("imported", 7, 7)
    assert [tuple(one) for one in kinds] == [("company", True)]


def test_who_acts_for_companies_on_many_rows_is_shown_on_no_page(manager, as_role):
    upload_id = hand_in(manager, as_role, COMPANIES)
    work()

    said = stored(upload_id)

    assert "集团客户" in said
    assert not [value for value in (NAMES[0], "虚构贸易有限公司", USCC, card(77), "校园") if value in said]


@pytest.mark.parametrize("heading", ["姓名", "证件号码", "经办人电话"])
def test_a_name_on_many_rows_of_a_file_that_registers_no_one_is_shown_on_no_page(manager, as_role, heading):
    text = f"号码;入网日期;{heading}\n" + "".join(f"1390891700{n};2010-05-01;{NAMES[0]}\n" for n in range(6))

    upload_id = hand_in(manager, as_role, text)
    work()

    assert NAMES[0] not in stored(upload_id)


@pytest.mark.parametrize(("count", "is_shown"), [(4, False), (5, True), (6, True)])
def test_an_unknown_value_is_shown_from_five_rows_on(count, is_shown):
    from collections import Counter

    found = kind_values(Counter({"Tenzin": count}))

    assert (bool(found.shown), found.rare) == (is_shown, 0 if is_shown else 1)


def test_all_other_values_get_the_meaning_that_was_chosen_for_them(manager, as_role):
    text = FILE + "13908917009;Z;2010-05-01;Migmar Invented\n"
    upload_id = hand_in(manager, as_role, text)
    work()
    raw = upload(manager, upload_id).proposal["raw"]

    chosen = {"raw": raw, "others": {"用户状态": "left_out"}}
    decide_upload(manager, upload_id, UploadState.COUNT_REQUESTED, on=ON, chosen=chosen)
    work()

    assert upload(manager, upload_id).outcome["left_out"] == 2
    assert '"Z"' not in stored(upload_id)


ASKED = with_line_attributes(
    'name: iccid, required: "yes"', 'name: installation_address, required: "yes"',
    text=REFERENCE.replace(
        "    verification:\n      - method: sight\n",
        '      - {name: citizenship, required: "yes", purpose: {en: why}, because: {article: "2 ¶1"}}\n'
        "    verification:\n      - method: sight\n",
        1,
    ),
)  # fmt: skip
SIM, PLACE = "8986031111111111118", "虚构路 7 号"
OF_LINES = "号码;入网日期;姓名;地址;证件类型;证件号码;Nationality;ICCID;Installation Address\n" + "".join(
    f"1390891700{n};2010-05-01;{NAMES[0]};拉萨市虚构路 1 号;身份证;{card(n + 900)};NPL;{SIM};{PLACE}\n"
    for n in range(6)
)


def meant_by_hand(proposal):
    """What a page's answers make of a proposal in which three columns are chosen by hand."""
    chosen = {"Nationality": "citizenship", "ICCID": "iccid", "Installation Address": "installation_address"}
    answers = {"service": "mobile", "date-forms": "%Y-%m-%d"}
    for column in columns_of(proposal, {}):
        answers[f"column-{column.place}"] = chosen.get(column.name, column.meaning)
        answers |= {f"value-{column.place}-{nth}": meaning for nth, _, _, meaning in column.values}
    return map_of(proposal, answers)


def test_what_the_law_asks_besides_is_offered_chosen_and_imported(manager, as_role, law_put_back):
    use_pack(ASKED)
    upload_id = hand_in(manager, as_role, OF_LINES)
    work()
    proposal = upload(manager, upload_id).proposal

    chosen = meant_by_hand(proposal)
    assert missing_in(chosen["raw"]) == []
    decide_upload(manager, upload_id, UploadState.COUNT_REQUESTED, on=ON, chosen=chosen)
    work()
    import_it(manager, upload_id)
    work()

    done = upload(manager, upload_id)
    assert (done.state, done.outcome["registered"], done.refusals) == ("imported", 6, [])
    fields = {row.field for row in rows("SELECT DISTINCT field FROM vault_sealed")}
    assert fields >= {"citizenship", "iccid", "installation_address"}
    shown = [one.meaning for one in columns_of(proposal, chosen)]
    assert shown[-3:] == ["citizenship", "iccid", "installation_address"]


@pytest.mark.parametrize(("law", "about"), [(ASKED, [None]), (REFERENCE, ["citizenship"])])
def test_a_column_is_said_to_be_dropped_only_where_no_law_asks_it(manager, as_role, law_put_back, law, about):
    use_pack(law)
    upload_id = hand_in(manager, as_role, OF_LINES)
    work()

    proposal = upload(manager, upload_id).proposal

    assert [one["about"] for one in proposal["columns"] if one["name"] == "Nationality"] == about
    assert ("citizenship" in meanings_of(proposal)) == (about == [None])
    assert not [value for value in ("NPL", SIM, PLACE) if value in stored(upload_id)]


def test_a_file_from_a_page_protects_a_known_line_on_record(manager, as_role):
    names, yes = "号码;入网日期;重要线路\n", "13908917001;2009-05-01;是\n"
    chosen = {
        "raw": {
            "number": {"column": "号码"}, "service": {"constant": "mobile"}, "is_essential": {"column": "重要线路", "yes": ["是"]},
            "activated_on": {"column": "入网日期", "formats": ["%Y-%m-%d"]},
        }
    }  # fmt: skip
    for text in (names + yes.replace("是", "否"), names + yes):
        upload_id = hand_in(manager, as_role, text)
        work()
        with as_role("backoffice"):
            decide_upload(manager, upload_id, UploadState.COUNT_REQUESTED, on=ON, chosen=chosen)
        work()
        with as_role("backoffice"):
            import_it(manager, upload_id)
        with as_role("worker"):
            work()

    done = upload(manager, upload_id)
    assert (done.state, done.outcome["known"], done.outcome["completed"]) == ("imported", 1, 0)
    assert find_line("+8613908917001").is_essential
    (entry,) = entries("line:line:marked_essential")
    assert entry.staff_id == manager.staff_id
