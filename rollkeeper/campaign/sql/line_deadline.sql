-- As release 0.1.0 had it, for its migration alone: migrations 0002 and 0003 carry what replaced it.
-- Gives what the clock of one line is counted from: its stage in the open campaign, the day behind which its days begin, what was
-- promised, and the stays. In the rights of this function's owner: a counter tells it to the person in front of it.
-- Law: art. 3. Reads: campaign_member, campaign_campaign, campaign_stay. Writes: -. Plan: campaign_member_pkey by line.
-- Again: the same row; none for a line in no open campaign.

CREATE OR REPLACE FUNCTION campaign_line_deadline(line uuid)
RETURNS TABLE (stage text, step smallint, anchor_on date, promised_on date, pack_id text, campaign_name text, stays json)
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.stage, m.step, m.anchor_on, m.promised_on, c.pack_id, c.campaign_name,
           (SELECT coalesce(json_agg(json_build_array(lower(s.days), upper(s.days) - 1) ORDER BY s.days), '[]')
              FROM campaign_stay s WHERE NOT isempty(s.days))
      FROM campaign_member m JOIN campaign_campaign c USING (campaign_id)
     WHERE m.line_id = line AND c.closed_on IS NULL AND m.stage IN ('running', 'suspended') AND m.anchor_on IS NOT NULL
     ORDER BY c.planned_at DESC LIMIT 1
$$;
