-- Counts lookups of lines and comparisons of documents by an account, and returns the limit that is reached, NULL if none is.
-- Law: art. 5, 11 (access is recorded, and no one can access everyone). Reads: lines_accesscount. Writes: lines_accesscount.
-- Plan: lines_accesscount_pkey: one row for each account and hour of the last 24 to 25 hours.
-- Again: counts again.
--
-- `counted` and `missed` are 0 to ask only. The account's row stays locked until the transaction ends, so that its sessions take
-- turns. `rollkeeper setup` makes a function of the limits (`operations/bootstrap.py`), which no role of an app can change; the
-- counts are in a table that no role can read or write. A refused action is undone with its count: it is counted again with its
-- entry (`lines/lookups.py`).
CREATE OR REPLACE FUNCTION lines_count_access(staff uuid, counting text, counted integer, missed integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    who uuid := coalesce(staff, '00000000-0000-0000-0000-000000000000');
    this_hour timestamptz := date_trunc('hour', clock_timestamp());
    own bigint;
    own_missed bigint;
    everyones bigint;
    reached text;
BEGIN
    IF counting NOT IN ('lookup', 'document') OR counted NOT IN (0, 1) OR missed NOT IN (0, 1) THEN
        RAISE EXCEPTION 'lines_access_not_countable' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO lines_accesscount (hour, staff_id) VALUES (this_hour, who) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        DELETE FROM lines_accesscount WHERE hour < this_hour - interval '2 days';
    END IF;
    PERFORM FROM lines_accesscount WHERE hour = this_hour AND staff_id = who FOR UPDATE;
    SELECT coalesce(sum(CASE counting WHEN 'lookup' THEN lookups ELSE documents END) FILTER (WHERE staff_id = who), 0),
           coalesce(sum(CASE counting WHEN 'lookup' THEN missed_lookups ELSE mismatched_documents END) FILTER (WHERE staff_id = who), 0),
           coalesce(sum(CASE counting WHEN 'lookup' THEN lookups ELSE documents END), 0)
      INTO own, own_missed, everyones
      FROM lines_accesscount WHERE hour >= this_hour - interval '24 hours';
    reached := CASE
        WHEN own >= lines_access_limit(counting, 'account') OR own_missed >= lines_access_limit(counting, 'missed') THEN counting || 's'
        WHEN everyones >= lines_access_limit(counting, 'total') THEN counting || 's_total'
    END;
    IF reached IS NULL OR missed = 1 THEN
        UPDATE lines_accesscount
           SET lookups = lookups + CASE counting WHEN 'lookup' THEN counted ELSE 0 END,
               missed_lookups = missed_lookups + CASE counting WHEN 'lookup' THEN missed ELSE 0 END,
               documents = documents + CASE counting WHEN 'document' THEN counted ELSE 0 END,
               mismatched_documents = mismatched_documents + CASE counting WHEN 'document' THEN missed ELSE 0 END
         WHERE hour = this_hour AND staff_id = who AND counted + missed > 0;
    END IF;
    RETURN reached;
END
$$;
