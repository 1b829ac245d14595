"""How a report looks: coverage first, zeros folded. The figures are invented."""

import pytest

from rollkeeper.backoffice.report_figures import coverage, parts, tables
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
