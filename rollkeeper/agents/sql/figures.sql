-- Counts what one agent did today and within the window. Law: art. 4.
-- Reads: agents_taken, agents_picture. Writes: -. Plan: the agent's own rows by index. Again: the same.
SELECT count(*) FILTER (WHERE day = %(on)s) AS today,
       count(*) AS in_window,
       count(*) FILTER (WHERE pattern IS NOT NULL) AS held_in_window,
       coalesce((SELECT sum(pictures) FROM agents_picture p WHERE p.agent_id = %(agent)s AND p.day = %(on)s), 0)::bigint
           AS pictures_today
  FROM agents_taken
 WHERE agent_id = %(agent)s AND day BETWEEN %(since)s AND %(on)s
