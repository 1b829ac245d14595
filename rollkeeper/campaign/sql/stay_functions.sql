-- Only these functions enter and end a stay. A stay pauses every clock, or those of one campaign: to shorten it takes days from all
-- subscribers whom it concerns.
-- Law: art. 1, 3, 11. Reads: access_approval, access_staff, campaign_batch, campaign_stay, provisioning_command. Writes: campaign_stay;
-- provisioning_command by provisioning_postpone, provisioning_closedday by provisioning_set_closed_days.
-- Plan: primary key; the approvals of one subject; below. Again: CREATE OR REPLACE: the same functions; a stay that is over is not ended again.
-- They run with their owner's rights: a role that may only execute them cannot move a first day, reopen a stay or end one in the past.
DROP FUNCTION IF EXISTS campaign_enter_stay(uuid, date, date, text, timestamptz, uuid);
CREATE OR REPLACE FUNCTION campaign_enter_stay(
    stay uuid, first_day date, last_day date, because text, said_at timestamptz, by_staff uuid, of_campaign uuid
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT kernel_require_finite(first_day, last_day);
    INSERT INTO campaign_stay (stay_id, days, reason, recorded_at, recorded_by, campaign_id)
    VALUES (stay, daterange(first_day, last_day, '[]'), because, kernel_instant(said_at), by_staff, of_campaign)
$$;

-- Ends a stay with this day, or with its first day if that is later; returns the last day, or NULL if the stay already ends by then.
-- Two people with open accounts must have approved exactly this day, and it must be today: in a production instance the database checks it.
CREATE OR REPLACE FUNCTION campaign_end_stay(stay uuid, on_day date) RETURNS date
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last_day date;
BEGIN
    IF on_day IS DISTINCT FROM kernel_day(on_day) THEN
        RAISE EXCEPTION 'campaign_stay_ended_on_another_day' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (SELECT count(DISTINCT a.staff_id) FROM access_approval a JOIN access_staff s USING (staff_id)
         WHERE a.subject = stay AND a.permission = 'end_stay' AND a.approves AND a.content = on_day::text AND s.is_active) < 2
    THEN
        RAISE EXCEPTION 'campaign_stay_ended_without_two_people' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE campaign_stay SET days = daterange(lower(days), greatest(on_day, lower(days)), '[]')
     WHERE stay_id = stay AND (upper_inf(days) OR upper(days) - 1 > on_day)
    RETURNING upper(days) - 1 INTO last_day;
    RETURN last_day;
END
$$;

-- Postpones the bars and terminations of batches that were stopped or are to be undone, if the network has not accepted them: of one
-- batch, or of all when a stay is entered or ended; the days of waiting begin after the stays. Runs with the rights of this function's owner.
-- By provisioning_command_by_batch and provisioning_command_pkey by line (OFFSET 0: statistics from before the batch say that it has
-- one command); one row for each waiting command.
-- A failed try waits like an untried command, and counts as such: people stop a batch because the network was unreachable. A
-- command being tried at this moment also waits if the network does not accept it (`record_tries` keeps the later instant). A
-- stopped batch waits a day, and one with a requested undo seven: far shorter than the days of suspension, long enough to restore all its
-- lines before another line loses service, and not forever, since a line must not be terminated without having been barred. No caller
-- chooses the instant: it could send the commands that people stopped at once, or never. Commands of an undo do not wait: they give back
-- what the batch took, such as emergency calls or services that a narrower bar leaves. Rows are locked in the order in which tries are
-- recorded. The caller has locked the matter "stays" (`kernel_lock`), so that no two callers see each other's batches half changed.
DROP FUNCTION IF EXISTS campaign_postpone_commands(timestamptz, uuid, integer, integer);
CREATE OR REPLACE FUNCTION campaign_postpone_commands(of_batch uuid, on_day date, said_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    today CONSTANT date := kernel_day(on_day);
    day date := today;
    after_stay date;
    until timestamptz;
BEGIN
    LOOP  -- Stays of other campaigns count too: it is safer if a stopped command waits longer.
        SELECT max(coalesce(upper(s.days), 'infinity')) INTO after_stay FROM campaign_stay s WHERE s.days @> day;
        EXIT WHEN after_stay IS NULL;
        day := after_stay;
        EXIT WHEN NOT isfinite(day);
    END LOOP;
    until := least(CASE WHEN day = today THEN kernel_instant(said_at) ELSE day::timestamp AT TIME ZONE kernel_zone() END, '9999-01-01 00:00Z');
    PERFORM provisioning_postpone(array_agg(held.line_id), array_agg(held.command_id), array_agg(held.until)) FROM (
        SELECT c.line_id, c.command_id, until + make_interval(days => CASE b.state WHEN 'stopped' THEN 1 ELSE 7 END) AS until
          FROM provisioning_command c JOIN campaign_batch b USING (batch_id)
         WHERE (of_batch IS NULL OR c.batch_id = of_batch) AND b.state IN ('stopped', 'undo_requested')
           AND c.kind IN ('bar', 'terminate') AND c.state = 'waiting' AND c.reason = 'registration'
           AND NOT EXISTS (SELECT FROM (SELECT batch_id, kind, position FROM provisioning_command WHERE line_id = c.line_id OFFSET 0) e
                            WHERE e.batch_id = c.batch_id AND e.kind IN ('bar', 'terminate') AND e.position < c.position)
         ORDER BY c.position
           FOR NO KEY UPDATE OF c
    ) AS held;
END
$$;

-- Keeps provisioning's closed days equal to the stays. Each bar or termination is checked against them when it is sent, even if it comes
-- from a chunk that ran while the stay was entered. A stay for one campaign closes no day: provisioning asks which batches rest
-- (resting_batches.sql).
CREATE OR REPLACE FUNCTION campaign_stay_to_closed_day() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.campaign_id IS NULL THEN
        PERFORM provisioning_set_closed_days(NEW.stay_id, NEW.days);
    END IF;
    RETURN NULL;
END
$$;
