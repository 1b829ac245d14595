-- Two functions about one line: the day after which its promised days run, and the facts from which its clock is counted. Each call by an
-- app is counted (operations/sql/app_reads.sql), since both reveal a day of the line's pauses: uncounted, an app could read those of all lines.
-- Law: art. 3, 11 (no one can access everyone). Reads: campaign_campaign, campaign_member, campaign_stay, lines_pause, notices_notice.
-- Writes: -. Plan: primary keys by line. Again: CREATE OR REPLACE: the same functions; a call counts again.

-- The day after which the promised days run: the day of the newest notice, or the last day of a pause with an end that was known then
-- (references ascend in time). NULL if no notice names the promised day. With the rights of this function's owner: no app selects pauses.
CREATE OR REPLACE FUNCTION campaign_promised_since(line uuid, promised date) RETURNS date
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF kernel_is_app() THEN
        PERFORM access_count_lookups(1);
    END IF;
    RETURN (
        SELECT greatest(n.queued_on, (
                   SELECT max(upper(a.days)) - 1 FROM lines_pause a
                    WHERE a.line_id = n.line_id AND a.reason NOT IN ('dispute', 'appeal') AND a.pause_id < n.notice_id))
          FROM notices_notice n
         WHERE n.line_id = line AND n.promised_on = promised AND n.kind IN ('register_by', 'reminder', 'suspended')
         ORDER BY n.notice_id DESC LIMIT 1);
END
$$;
REVOKE ALL ON FUNCTION campaign_promised_since FROM PUBLIC;

-- No row for a line in no open campaign. The function above counts the call, once for a line that has a clock.
CREATE OR REPLACE FUNCTION campaign_line_deadline(line uuid)
RETURNS TABLE (
    stage text, step smallint, anchor_on date, promised_on date, promised_since date, pack_id text, campaign_name text, stays json
)
LANGUAGE sql VOLATILE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.stage, m.step, m.anchor_on, m.promised_on, campaign_promised_since(m.line_id, m.promised_on), c.pack_id, c.campaign_name,
           (SELECT coalesce(json_agg(json_build_array(lower(s.days), upper(s.days) - 1) ORDER BY s.days), '[]')
              FROM campaign_stay s
             WHERE NOT isempty(s.days)
               AND (s.campaign_id IS NULL OR s.campaign_id = c.campaign_id OR EXISTS (
                   SELECT FROM campaign_campaign o
                    WHERE o.campaign_id = s.campaign_id AND o.law_id = c.law_id AND o.campaign_name = c.campaign_name)))
      FROM campaign_member m JOIN campaign_campaign c USING (campaign_id)
     WHERE m.line_id = line AND c.closed_on IS NULL AND m.stage IN ('running', 'suspended') AND m.anchor_on IS NOT NULL
     ORDER BY c.planned_at DESC LIMIT 1
$$;
REVOKE ALL ON FUNCTION campaign_line_deadline FROM PUBLIC;
