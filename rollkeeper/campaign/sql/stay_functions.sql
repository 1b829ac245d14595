-- A stay is entered and ended by these alone: it pauses every clock, or those of one campaign, so that what shortens one takes days from
-- everyone whom it concerns.
-- Law: art. 3, 11. Reads: access_approval, access_staff. Writes: campaign_stay.
-- Plan: primary key; the approvals of one subject. Again: CREATE OR REPLACE: the same functions; a stay that is over is not ended again.
-- With their owner's rights: a role that executes them moves no first day, reopens no stay and ends none in the past.
DROP FUNCTION IF EXISTS campaign_enter_stay(uuid, date, date, text, timestamptz, uuid);
CREATE OR REPLACE FUNCTION campaign_enter_stay(
    stay uuid, first_day date, last_day date, because text, said_at timestamptz, by_staff uuid, of_campaign uuid
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO campaign_stay (stay_id, days, reason, recorded_at, recorded_by, campaign_id)
    VALUES (stay, daterange(first_day, last_day, '[]'), because, kernel_instant(said_at), by_staff, of_campaign)
$$;

-- Ends a stay with this day, or with its first day where that is later; tells the last day, and nothing where the stay ends by then.
-- Two people whose accounts are open approved exactly this day, which is today: in a production instance the database says so.
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
