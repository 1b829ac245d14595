-- What apps may read of the ledger's entries and of pauses: one line, one code, one account or one batch at a time. No app selects a body,
-- the line of an entry, or a pause, which together say who was in hospital, in detention or disabled.
-- Law: art. 11 (no one can access everyone). Reads: ledger_entry, ledger_leaf, ledger_deferreddisclosuremark, lines_pause, lines_tenure,
-- registration_submission, agents_registration, access_approval, reporting_auditsampleline, selfcare_case, notices_notice. Writes: a trigger, policies.
-- Plan: indexes by line, by person and by account; primary keys. Again: CREATE OR REPLACE: the same functions; a lookup counts again.

-- Returns the entry of a receipt's code, NULL if the letters are wrong. Each call of an app counts as a lookup, a miss as ten: the letters are
-- computed from the body, so an app that could try many would test its guesses about a body.
CREATE OR REPLACE FUNCTION ledger_entry_of_code(entry bigint, letters text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    said text;
    bits bigint;
BEGIN
    PERFORM access_count_lookups(1);
    SELECT e.body INTO said FROM ledger_entry e WHERE e.entry_id = entry;
    bits := CASE WHEN said LIKE '%"erased":true%' AND said::jsonb -> 'erased' = 'true' THEN (said::jsonb ->> 'check')::bigint
                 ELSE ('x' || left(encode(sha256('\x00'::bytea || convert_to(said, 'UTF8')), 'hex'), 8))::bit(32)::bigint >> 2 END;
    IF (letters = (SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', (bits >> shift & 31)::integer + 1, 1), '' ORDER BY shift DESC)
                     FROM generate_series(0, 25, 5) AS shift)) IS NOT TRUE THEN
        PERFORM access_count_lookups(9);
        RETURN NULL;
    END IF;
    RETURN said;
END
$$;

-- Returns the entry of a recent submission by its key, which no one can guess. An older entry is found by its receipt's code.
CREATE OR REPLACE FUNCTION registration_entry_of(shown text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN (SELECT e.body FROM registration_submission s JOIN ledger_entry e ON e.entry_id = (s.receipt ->> 'entry')::bigint
             WHERE s.submission_key = shown
               AND (NOT kernel_is_app() OR NOT kernel_is_production() OR s.made_at > clock_timestamp() - interval '1 day'));
END
$$;

-- Returns the receipts of these submissions. An app may ask for random keys only: rows of files before 0.6.0 have customers' numbers as their keys.
-- Such keys are left out before the search, since the plan of a statement tells what was read.
CREATE OR REPLACE FUNCTION registration_receipts_of(keys text[]) RETURNS TABLE (submission_key text, receipt jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.submission_key, s.receipt FROM registration_submission s
     WHERE s.submission_key = ANY (ARRAY(
        SELECT one.key FROM unnest(keys) AS one (key)
         WHERE one.key ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' OR NOT kernel_is_app()))
$$;

-- A receipt names an entry of its own transaction: an app that stored a receipt with an older entry could read that entry by its own key. Keys are
-- random, since a key that exists already would tell that its row exists.
CREATE OR REPLACE FUNCTION registration_require_own_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.submission_key !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN
        RAISE EXCEPTION 'registration_submission_of_a_key_that_is_not_random' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT FROM ledger_entry e
                    WHERE e.entry_id = (NEW.receipt ->> 'entry')::bigint AND e.xid = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'registration_submission_changed_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION registration_require_own_entry FROM PUBLIC;
CREATE OR REPLACE TRIGGER registration_submission_of_own_entry BEFORE INSERT ON registration_submission
    FOR EACH ROW WHEN (kernel_is_app()) EXECUTE FUNCTION registration_require_own_entry();

-- Whether the register has this entry of a registration of a line.
CREATE OR REPLACE FUNCTION ledger_has_registration(line uuid, said text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN EXISTS (SELECT FROM ledger_entry e
                    WHERE e.line_id = line AND e.verb = ANY (lines_verbs_of_registration()) AND e.body = said);
END
$$;

-- The certificates that records of a line were erased, the oldest first.
CREATE OR REPLACE FUNCTION ledger_erasures_of(line uuid) RETURNS TABLE (entry_id bigint, body text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN QUERY SELECT e.entry_id, e.body FROM ledger_entry e
                  WHERE e.line_id = line AND e.verb = 'line:record:erased' ORDER BY e.entry_id;
END
$$;

-- How the attempts to sign in to an account ended, the newest first.
CREATE OR REPLACE FUNCTION access_sign_ins_of(account uuid, most integer) RETURNS TABLE (at timestamptz, app text, outcome text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.at, e.body::jsonb #>> '{facts,app}', e.body::jsonb #>> '{facts,outcome}' FROM ledger_entry e
     WHERE e.staff_id = account AND e.verb = 'access:sign_in:attempted' ORDER BY e.at DESC LIMIT most
$$;

-- Who accessed the present subscriber of a line, or the line while it has none, the oldest first. An app gets an answer only in the transaction
-- that enters its own access. Accesses for a disclosure request with deferred notification are left out until that day is over.
CREATE OR REPLACE FUNCTION lines_accesses_of(line uuid, verbs text[], today date)
RETURNS TABLE (entry_id bigint, at timestamptz, day date, line_id uuid, body text, leaf_index bigint, withheld_until date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    subscriber CONSTANT uuid := (SELECT h.person_id FROM lines_tenure h WHERE h.line_id = line AND upper_inf(h.held));
    shown_through CONSTANT date := CASE WHEN kernel_is_app() THEN kernel_day(today) ELSE today END;
BEGIN
    IF kernel_is_app() AND (
        NOT verbs <@ ARRAY['vault:sealed:opened', 'line:line:looked_up', 'campaign:line:explained', 'line:access:recorded', 'selfcare:delegate:checked']
        OR NOT EXISTS (SELECT FROM ledger_entry e
                        WHERE e.xid = pg_current_xact_id() AND e.line_id = line AND e.verb = 'line:line:looked_up'))
    THEN
        RAISE EXCEPTION 'lines_accesses_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Counts as ten lookups: an app that rolls its transaction back undoes the entry, but not the count.
    PERFORM access_count_lookups(10);
    RETURN QUERY
    SELECT e.entry_id, e.at, e.day, e.line_id, e.body, l.leaf_index, w.until
      FROM (
            SELECT e.entry_id FROM ledger_entry e WHERE e.person_id = subscriber AND e.verb = ANY (verbs)
             UNION
            SELECT e.entry_id
              FROM (SELECT line AS line_id, NULL::timestamptz AS since, NULL::timestamptz AS until WHERE subscriber IS NULL
                     UNION ALL
                    SELECT h.line_id, lower(h.held), (SELECT min(lower(n.held)) FROM lines_tenure n
                                                       WHERE n.line_id = h.line_id AND lower(n.held) > lower(h.held))
                      FROM lines_tenure h WHERE h.person_id = subscriber) AS one
              JOIN ledger_entry e ON e.line_id = one.line_id AND e.verb = ANY (verbs)
                                 AND (one.since IS NULL OR e.at >= one.since) AND (one.until IS NULL OR e.at < one.until)
           ) AS found
      JOIN ledger_entry e USING (entry_id)
      LEFT JOIN ledger_leaf l USING (entry_id)
      LEFT JOIN ledger_deferreddisclosuremark w
             ON w.disclosure_id = CASE WHEN e.verb = 'vault:sealed:opened' THEN (e.body::jsonb #>> '{facts,disclosure}')::uuid END
     WHERE w.until IS NULL OR w.until < shown_through
     ORDER BY e.entry_id;
END
$$;

-- On which days the clock of a line is paused, the earliest first; never why.
CREATE OR REPLACE FUNCTION lines_pauses_of(line uuid) RETURNS TABLE (first date, last date)
LANGUAGE plpgsql ROWS 5 SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN QUERY SELECT lower(p.days), upper(p.days) - 1 FROM lines_pause p WHERE p.line_id = line ORDER BY p.days;
END
$$;

-- Only the person, and the people who decide, may know that something was disclosed to an authority. So no app sees a notice, or a try to deliver it.
-- A policy would hide the row, but the plan of a statement would count it, and an app would learn which line has one. So functions answer, and only
-- about notices of the duty and of decided cases.
ALTER TABLE notices_notice DISABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS notices_notice_of_others ON notices_notice;
DROP POLICY IF EXISTS notices_notice_at_an_app ON notices_notice;
DROP POLICY IF EXISTS notices_notice_at_the_back_office ON notices_notice;
ALTER TABLE notices_attempt DISABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS notices_attempt_of_others ON notices_attempt;
DROP POLICY IF EXISTS notices_attempt_at_an_app ON notices_attempt;

-- Members of the open campaigns, or of one of them, whom no notice has provably reached, with the state of the attempts.
CREATE OR REPLACE FUNCTION campaign_not_notified(of_campaign text, after uuid, of_region text, by_channel text, most bigint)
RETURNS TABLE (line_id uuid, service text, region text, notice_state text, channel text, attempts integer, waiver_reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.line_id, l.service, l.region, n.state AS notice_state, n.channel, coalesce(n.attempts, 0) AS attempts,
           e.because AS waiver_reason
      FROM campaign_member m
      JOIN campaign_campaign c ON c.campaign_id = m.campaign_id AND c.closed_on IS NULL AND (of_campaign IS NULL OR c.campaign_name = of_campaign)
      JOIN lines_line l USING (line_id)
      LEFT JOIN LATERAL (
           SELECT state, channel, attempts FROM notices_notice n
            WHERE n.line_id = m.line_id AND n.campaign_id = m.campaign_id AND n.kind = 'register_by'
            ORDER BY n.notice_id DESC LIMIT 1) n ON true
      LEFT JOIN campaign_unreachablewaiver e ON e.line_id = m.line_id AND e.campaign_id = m.campaign_id
     WHERE m.stage = 'not_notified' AND m.line_id > after
       AND (of_region IS NULL OR coalesce(l.region, '') = of_region)
       AND (by_channel IS NULL OR coalesce(n.channel, '') = by_channel)
     ORDER BY m.line_id
     LIMIT most
$$;

-- Counts these members by region, by the channel tried last and by its outcome.
CREATE OR REPLACE FUNCTION campaign_not_notified_groups(of_campaign text)
RETURNS TABLE (region text, channel text, notice_state text, lines bigint, waived bigint, with_address bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.region, n.channel, n.state AS notice_state, count(*) AS lines, count(e.line_id) AS waived,
           count(*) FILTER (WHERE l.contact_kind IN ('postal', 'both')) AS with_address
      FROM campaign_member m
      JOIN campaign_campaign c ON c.campaign_id = m.campaign_id AND c.closed_on IS NULL AND (of_campaign IS NULL OR c.campaign_name = of_campaign)
      JOIN lines_line l USING (line_id)
      LEFT JOIN LATERAL (
           SELECT channel, state FROM notices_notice n
            WHERE n.line_id = m.line_id AND n.campaign_id = m.campaign_id AND n.kind = 'register_by'
            ORDER BY n.notice_id DESC LIMIT 1) n ON true
      LEFT JOIN campaign_unreachablewaiver e ON e.line_id = m.line_id AND e.campaign_id = m.campaign_id
     WHERE m.stage = 'not_notified'
     GROUP BY l.region, n.channel, n.state
     ORDER BY lines DESC, l.region, n.channel
$$;

-- Members of the open campaigns whom no notice has reached and to whom a letter failed, with the last letter of each; an index holds such letters.
CREATE OR REPLACE FUNCTION campaign_not_notified_by_post(after uuid, most bigint)
RETURNS TABLE (line_id uuid, region text, sent_at timestamptz, outcome text, notice_state text, is_waived boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT ON (a.line_id) a.line_id, l.region, a.sent_at, a.outcome, n.state AS notice_state,
           EXISTS (SELECT FROM campaign_unreachablewaiver e WHERE e.line_id = a.line_id AND e.campaign_id = c.campaign_id) AS is_waived
      FROM notices_attempt a
      JOIN notices_notice n USING (line_id, notice_id)
      JOIN campaign_member m ON m.line_id = a.line_id AND m.stage = 'not_notified'
      JOIN campaign_campaign c ON c.campaign_id = m.campaign_id AND c.closed_on IS NULL AND n.campaign_id = c.campaign_id
      JOIN lines_line l ON l.line_id = a.line_id
     WHERE a.channel = 'post' AND a.outcome IN ('bounced', 'unproven') AND n.kind = 'register_by' AND a.line_id > after
     ORDER BY a.line_id, a.sent_at DESC
     LIMIT most
$$;

-- Returns the days on which a campaign notified a member or did not reach them, since the member came back into it; `is_told` is false if the
-- campaign has no notice. For a line that is no member nothing is read, since the plan of a statement tells what was read.
CREATE OR REPLACE FUNCTION campaign_told(line uuid, by_campaign uuid, since date, zone text)
RETURNS TABLE (is_told boolean, delivered date[], bounced date[])
LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM campaign_member m WHERE m.line_id = line AND m.campaign_id = by_campaign) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT EXISTS (SELECT FROM notices_notice n WHERE n.line_id = line AND n.campaign_id = by_campaign AND n.kind = 'register_by'),
           ARRAY(SELECT n.delivered_on FROM notices_notice n
                  WHERE n.line_id = line AND n.kind = 'register_by' AND n.delivered_on IS NOT NULL
                    AND n.campaign_id = by_campaign AND n.queued_on >= coalesce(since, n.queued_on)
                  ORDER BY 1),
           ARRAY(SELECT DISTINCT (a.outcome_at AT TIME ZONE zone)::date
                   FROM notices_attempt a JOIN notices_notice n USING (line_id, notice_id)
                  WHERE a.line_id = line AND n.kind = 'register_by' AND a.outcome_at IS NOT NULL
                    AND n.campaign_id = by_campaign AND n.queued_on >= coalesce(since, n.queued_on)
                    AND a.outcome IN ('bounced', 'unproven', 'uncounted') ORDER BY 1);
END
$$;

-- How far the notice of a decided case has come: it went to the line of the case, or to another of the same person.
CREATE OR REPLACE FUNCTION selfcare_notice_of(of_case uuid) RETURNS TABLE (state text, channel text, delivered_on date)
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.state, n.channel, n.delivered_on
      FROM selfcare_case AS c JOIN notices_notice AS n ON n.notice_id = c.notice_id AND n.kind = 'case_decided'
     WHERE c.case_id = of_case
       AND (n.line_id = c.line_id OR n.line_id IN (
           SELECT own.line_id FROM lines_tenure AS h JOIN lines_tenure AS own ON own.person_id = h.person_id
            WHERE h.line_id = c.line_id AND h.tenure_id = c.tenure_id))
$$;

-- When the SIM of a line was replaced last.
CREATE OR REPLACE FUNCTION lines_sim_replaced_on(line uuid) RETURNS date
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN (SELECT max(e.day) FROM ledger_entry e WHERE e.line_id = line AND e.verb = 'line:sim:replaced');
END
$$;

-- The newest registration of a line, 0 where it has none.
CREATE OR REPLACE FUNCTION agents_newest_registration(line uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(max(e.entry_id), 0) FROM ledger_entry e
     WHERE e.line_id = line AND e.verb IN ('line:tenure:registered', 'line:tenure:transferred', 'line:tenure:corrected', 'line:line:relocated')
$$;

-- On how many other lines an agent registered the person of a registration in these days; 0 for a company. An app gets an answer only in the
-- transaction that enters the registration.
CREATE OR REPLACE FUNCTION agents_lines_of_person(entry bigint, of_agent uuid, since date, through date) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(DISTINCT e.line_id)
      FROM ledger_entry this JOIN ledger_entry e USING (person_id) JOIN agents_registration t ON t.entry_id = e.entry_id
     WHERE this.entry_id = entry AND this.body::jsonb #>> '{facts,party_kind}' <> 'company'
       AND (NOT kernel_is_app() OR this.xid = pg_current_xact_id())
       AND t.agent_id = of_agent AND t.day BETWEEN since AND through AND t.line_id <> this.line_id
$$;

-- Who approved a batch, with the entry that says so.
CREATE OR REPLACE FUNCTION campaign_approvals_of(batch uuid) RETURNS TABLE (staff_id uuid, body text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.staff_id, e.body FROM access_approval a JOIN ledger_entry e USING (entry_id)
     WHERE a.subject = batch AND a.permission = 'approve_batch' AND a.approves
       AND e.verb = 'campaign:batch:approved' AND e.staff_id = a.staff_id
$$;

-- The entries of one verb and quarter by their rank, which is a hash over the auditor's seed and the published leaf; only verbs of which samples
-- are drawn.
CREATE OR REPLACE FUNCTION reporting_ranked_entries(
    domain bytea, seed bytea, of_verb text, first date, last date, size bigint, most integer
) RETURNS TABLE (line_id uuid, day date, leaf_index bigint, looked_at bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH ranked AS MATERIALIZED (
        SELECT e.line_id, e.day, l.leaf_index, sha256(domain || seed || l.leaf_hash) AS rank
          FROM ledger_entry e JOIN ledger_leaf l USING (entry_id)
         WHERE e.verb = of_verb AND e.day BETWEEN first AND last AND e.line_id IS NOT NULL AND l.leaf_index < size
           AND e.verb IN ('line:tenure:registered', 'line:tenure:corrected', 'line:tenure:transferred', 'line:line:suspended',
                          'line:line:restored', 'line:line:terminated', 'notices:notice:delivered')
         ORDER BY 4
         LIMIT most
    )
    SELECT ranked.line_id, ranked.day, ranked.leaf_index, (SELECT count(*) FROM ranked) FROM ranked ORDER BY rank
$$;

-- Returns the published actions of the duty on the lines of a sample; each line of an app counts as a lookup. Other actions of people are left out:
-- they would tell a subscriber who is protected, under a legal hold, looked up or in a dispute from one who does not answer.
-- Of notices, only those of the duty and the drawn notice are returned: an auditor's question never goes to a protected subscriber, and another
-- kind tells of a disclosure.
CREATE OR REPLACE FUNCTION reporting_entries_of_sample(sample uuid, published bigint)
RETURNS TABLE (line_id uuid, day date, verb text, article text, leaf_index bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups((SELECT count(*)::integer FROM reporting_auditsampleline s WHERE s.sample_id = sample));
    RETURN QUERY
    SELECT e.line_id, e.day, e.verb, e.body::jsonb ->> 'article', l.leaf_index
      FROM ledger_entry e JOIN ledger_leaf l USING (entry_id)
     WHERE e.line_id IN (SELECT s.line_id FROM reporting_auditsampleline s WHERE s.sample_id = sample) AND l.leaf_index < published
       AND e.verb IN ('campaign:clock:started', 'campaign:line:waived', 'line:clock:paused', 'line:clock:resumed', 'line:line:activated',
                      'line:line:reconnected', 'line:line:relocated', 'line:line:restored', 'line:line:suspended', 'line:line:terminated',
                      'line:number:freed', 'line:tenure:accepted', 'line:tenure:corrected', 'line:tenure:registered',
                      'line:tenure:relinquished', 'line:tenure:transferred', 'notices:notice:bounced', 'notices:notice:delivered',
                      'provisioning:command:confirmed', 'provisioning:command:failed')
       AND (e.verb NOT LIKE 'notices:notice:%'
            OR e.body::jsonb #>> '{facts,kind}' IN ('register_by', 'reminder', 'suspended', 'restored', 'terminated', 'document_by', 'good_through')
            OR EXISTS (SELECT FROM reporting_auditsampleline s WHERE s.sample_id = sample AND s.leaf_index = l.leaf_index))
     ORDER BY e.entry_id;
END
$$;

-- Returns the day by which an open case of one kind about a line is to be decided, NULL if there is none. A former subscriber's case is left out: the
-- present subscriber is not told of it, and may open their own.
CREATE OR REPLACE FUNCTION selfcare_case_due(line uuid, of_kind text) RETURNS date
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN (SELECT c.due_on FROM selfcare_case c
             WHERE c.line_id = line AND c.kind = of_kind AND c.settled_on IS NULL
               AND (c.tenure_id IS NULL
                    OR EXISTS (SELECT FROM lines_tenure of_case JOIN lines_tenure present USING (line_id, person_id)
                                WHERE of_case.line_id = line AND of_case.tenure_id = c.tenure_id AND upper_inf(present.held)))
             LIMIT 1);
END
$$;
