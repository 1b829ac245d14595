"""How a report looks: coverage first, zeros folded. The figures are invented."""

import re

import pytest
from django.template.loader import render_to_string

from rollkeeper.backoffice.report_figures import coverage, how_made, parts, tables
from rollkeeper.kernel.side_by_side import as_plain_text, is_side_by_side
from rollkeeper.ledger.verbs import Verb
from rollkeeper.reporting import metrics
from rollkeeper.reporting.labels import labels_in, row_in, titles_of
from rollkeeper.reporting.printouts import pdf

REPORT = {
    "period": "2012",
    "tables": [
        {
            "table": "batches", "source": "ledger", "people": False,
            "cells": {"2012-Q1": {"prepared": 4, "stopped": 0}, "2012-Q2": {"prepared": 2, "stopped": 0}},
        },
        {"table": "incidents", "source": "ledger", "people": False, "cells": {"2012-Q1": {"opened": 0}, "2012-Q2": {"opened": 0}}},
        {
            "table": "lines_lines", "source": "register", "people": True,
            "cells": {"2012-Q1": {"mobile": 200, "domain": 20}, "2012-Q2": {"mobile": 200, "domain": 20}},
        },
        {
            "table": "lines_registered", "source": "register", "people": True,
            "cells": {"2012-Q1": {"mobile": 50, "domain": None}, "2012-Q2": {"mobile": 150, "domain": 10}},
        },
    ],
}  # fmt: skip


def test_coverage_is_a_share_of_each_service_with_its_trend():
    mobile, domain = coverage(REPORT, "en")

    assert (mobile.lines, mobile.registered, mobile.share) == (200, 150, 75)
    assert mobile.trend == (("2012-Q1", 25), ("2012-Q2", 75))
    assert domain.trend == (("2012-Q1", None), ("2012-Q2", 50))


def test_zeros_are_folded_and_empty_tables_are_named_once():
    shown, empty = tables(REPORT, "en")

    assert [len(one.rows) for one in shown] == [1, 2, 2]
    assert len(shown[0].zeros) == 1
    assert empty == ["Incidents and their clocks (drills left out)"]


def test_a_hidden_figure_is_no_zero():
    shown, _ = tables(REPORT, "en")

    assert dict(shown[2].rows[1].cells)["2012-Q1"] is None


CUT = {
    "period": "2012-Q2",
    "tables": [
        *REPORT["tables"],
        {
            "table": "campaigns", "source": "ledger", "people": True,
            "cells": {
                "2012-Q1": {"planned": 400, "clock_started": 300, "suspended": None},
                "2012-Q2": {"planned": 0, "clock_started": 0, "suspended": 100},
            },
        },
        {"table": "wrong_cuts", "source": "ledger", "people": True, "cells": {"2012-Q1": {}, "2012-Q2": {"restored_by_undo": 40}}},
        {"table": "guarding", "source": "ledger", "people": False, "cells": {"2012-Q1": {}, "2012-Q2": {"backups": 7}}},
    ],
}  # fmt: skip


def test_a_report_is_read_from_lines_by_way_of_the_campaign_and_what_was_cured():
    shown, _ = parts(CUT, "en")

    assert [one.title for one in shown] == [
        "Lines and records",
        "The campaign",
        "What went wrong, and its cure",
        "All else that was counted",
    ]
    assert [len(one.tables) for one in shown] == [2, 2, 1, 1]


def test_the_campaign_is_a_picture_of_its_steps_on_one_scale():
    campaign = parts(CUT, "en")[0][1]

    assert [(step.row, step.figures) for _, step in campaign.steps] == [
        ("planned", (("2012-Q1", 400, 100), ("2012-Q2", 0, 0))),
        ("clock_started", (("2012-Q1", 300, 75), ("2012-Q2", 0, 0))),
        ("suspended", (("2012-Q1", None, None), ("2012-Q2", 100, 25))),
        ("restored_by_undo", (("2012-Q1", 0, 0), ("2012-Q2", 40, 10))),
    ]
    assert all(name for name, _ in campaign.steps)


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_a_report_with_its_picture_hidden_figures_and_zeros_goes_on_paper(data_dir, language):
    report = CUT | {
        "operator": "Invented Telecom",
        "first": "2012-04-01",
        "last": "2012-06-30",
        "origin": "ledger.example",
    }

    assert pdf(report, language=language, digest="ab" * 32).startswith(b"%PDF")


def test_how_each_table_is_made_is_said_once_with_verb_and_facts():
    several = {**REPORT["tables"][2], "table": "lines_lines:second"}

    made = {one.figure: one for one in how_made({**CUT, "tables": [*CUT["tables"], several]}, "en")}

    assert made["lines_lines"].rows == ()
    assert ("Approvals", "campaign:batch:approved", "") in made["batches"].rows
    assert ("Planned", "campaign:campaign:planned", "Σ added") in made["campaigns"].rows
    assert {one.figure for one in tables(CUT, "en")[0]} <= made.keys()


def test_each_table_leads_to_how_it_is_made(app):
    app("backoffice")

    shown = {
        "chosen": "2012-Q2",
        "coverage": coverage(CUT, "en"),
        "parts": parts(CUT, "en")[0],
        "made": how_made(CUT, "en"),
    }
    page = render_to_string("backoffice/report_tables.html", shown)
    links = re.findall(r'class="rk-how__link" href="#([^"]+)"', page)

    assert len(links) == page.count("rk-records--figures") + 1
    assert set(links) <= set(re.findall(r'class="govuk-summary-list__row" id="([^"]+)"', page))
    assert 'href="/documentation/docs/reports/"' in page


def test_every_row_that_is_counted_says_how():
    made = how_made({"tables": [{"table": one.id} for one in metrics.tables()]}, "en")

    assert [len(one.rows) for one in made] == [len(one.rows) for one in metrics.tables()]
    assert all(verb in set(Verb) for one in made for _, verb, _ in one.rows)


def test_a_part_without_a_tibetan_title_has_it_in_chinese_and_english():
    titles = [as_plain_text(one.title) for one in parts(CUT, "bo")[0]]

    assert titles[0] == "※ 号码与登记 · Lines and records"
    assert all(one.startswith("※ ") for one in titles)
    assert not any("⟦" in one.title for one in parts(CUT, "zh-hans")[0])


def test_the_words_of_a_report_are_one_language_but_for_what_tibetan_lacks():
    assert not any(
        is_side_by_side(one) for language in ("en", "zh-hans") for one in labels_in(language).values()
    )
    assert is_side_by_side(labels_in("bo")["suspected"])
    assert not is_side_by_side(labels_in("bo")["declared"])
    assert is_side_by_side(titles_of("bo")["forged_documents"])


def test_rows_are_named_in_english_words_with_a_capital_like_the_labels_of_choices():
    words = labels_in("en")

    said = [row_in("campaigns", row, words) for row in ("sim_replaced", "ended_by_subscriber", "drawn_up_to_end", "corrected")]  # fmt: skip

    assert said == [
        "SIM replaced",
        "Terminated by the subscriber",
        "Prepared to terminate lines",
        "Corrected",
    ]
