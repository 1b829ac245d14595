-- Counts what one agent did today and within the window. Law: art. 4.
-- Reads: agents_registration, agents_documentimagecount. Writes: -. Plan: the agent's own rows by index. Again: the same.
SELECT count(*) FILTER (WHERE day = %(on)s) AS today,
       count(*) AS in_window,
       count(*) FILTER (WHERE pattern IS NOT NULL) AS flagged_in_window,
       coalesce((SELECT sum(images) FROM agents_documentimagecount p WHERE p.agent_id = %(agent)s AND p.day = %(on)s), 0)::bigint
           AS images_today
  FROM agents_registration
 WHERE agent_id = %(agent)s AND day BETWEEN %(since)s AND %(on)s
