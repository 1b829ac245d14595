import time
from rollkeeper.access.authority import console_authority
from rollkeeper.campaign import planning, deadlines
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from tests.builders.packs import use_pack
from tests.builders.stages import asking_again
from tests.campaign.test_lines_over import ON, NOTIFIED, DUE
from tests.campaign.population import day

FILL = """
WITH made AS (
  INSERT INTO lines_line (line_id, service, state, activated_on, is_registered, language)
  SELECT uuidv7(), 'mobile', 'active', date '2010-05-01' + (n %% 300), true, 'en' FROM generate_series(1, 100000) n RETURNING line_id
), numbered AS (SELECT line_id, row_number() OVER () AS n FROM made),
whose AS (SELECT line_id, n, md5('p' || CASE WHEN n <= 24000 THEN n / 12 ELSE n END)::uuid AS person_id FROM numbered)
INSERT INTO lines_tenure (line_id, held, tenure_id, person_id, party_kind, assurance)
SELECT line_id, tstzrange('2011-06-29 12:00+00', NULL), uuidv7(), person_id, 'individual', 'sighted' FROM whose
"""


def explain(name, values, label):
    out = []
    for one in rows("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, SUMMARY ON) " + sql("campaign", name), values):
        out.append(one[0])
    print("=====", label); print("\n".join(out[-60:]))


def test_measure(people, law_put_back):
    run(FILL); run("ANALYZE lines_line"); run("ANALYZE lines_tenure")
    for over in (None, 6):
        use_pack(asking_again(before="2012-01-01", lines_over=over or 0))
        pack = load_pack(instance().pack)
        with action():
            values = planning._values_of_plan(new_uuid(), pack, on=ON)
            for _ in range(2):
                run("DROP TABLE IF EXISTS pg_temp.member_clock")
                t = time.perf_counter()
                n = run(sql("campaign", "plan_clocks"), values)
                print("plan_clocks", over, n, round(time.perf_counter() - t, 2))
            run("DROP TABLE IF EXISTS pg_temp.member_clock")
            explain("plan_clocks", values, f"plan {over}")
            run("DROP TABLE IF EXISTS pg_temp.member_clock")
    found = planning.plan_campaign(console_authority(), pack_id=instance().pack, on=ON)
    print(found)
    run("ANALYZE campaign_member"); run("ANALYZE lines_line")
    (c,) = rows("SELECT campaign_id FROM campaign_campaign WHERE closed_on IS NULL ORDER BY planned_at DESC LIMIT 1")
    v = planning.cohort_values(pack) | {"campaign_id": c.campaign_id, "step": 1, "due_on": DUE}
    for _ in range(2):
        t = time.perf_counter(); n = rows(sql("campaign", "within_number"), v); print("within_number", len(n), round(time.perf_counter() - t, 2))
    explain("within_number", v, "within")
    with action():
        run("DROP TABLE IF EXISTS pg_temp.slice_verdict")
        run("CREATE TEMP TABLE slice_verdict ON COMMIT DROP AS SELECT line_id, NULL::text AS because FROM campaign_member LIMIT 5000")
        t = time.perf_counter(); n = run(sql("campaign", "keep_slice_within"), v); print("keep_slice_within of 5000", n, round(time.perf_counter() - t, 2))
        run("UPDATE slice_verdict SET because = NULL")
        explain("keep_slice_within", v, "slice")
    assert 0
