-- Returns the open stays whose end one person approved, with the day named last.
-- Law: art. 3. Reads: campaign_stay, access_approval. Writes: -. Plan: few rows. Again: the same rows.
SELECT s.stay_id, a.content, a.approved_at
  FROM campaign_stay s,
       LATERAL (SELECT content, min(approved_at) AS approved_at FROM access_approval
                 WHERE permission = %(permission)s AND subject = s.stay_id AND approves
                 GROUP BY content ORDER BY content DESC LIMIT 1) a
 WHERE upper_inf(s.days) OR upper(s.days) - 1 > a.content::date
 ORDER BY a.approved_at
