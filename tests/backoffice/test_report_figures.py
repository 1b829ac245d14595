"""How a report looks: coverage first, zeros folded. The figures are invented."""

from rollkeeper.backoffice.report_figures import coverage, tables

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
