-- Says what is known of a job's last run, and the database's instant; no row where the lease is not this holder's. NULL asks for no lease.
-- The session gets a name by which the next holder of the lease finds it, should this one hang.
-- Law: -. Reads: kernel_job. Writes: -. Plan: one row by its key. Again: the same.

SELECT extract(epoch FROM clock_timestamp())::bigint AS now, extract(epoch FROM j.began_at)::bigint AS began,
       j.ended_at IS NOT NULL AS has_ended, j.fault,
       CASE WHEN %(holder)s::integer IS NOT NULL THEN set_config('application_name', %(session)s, false) END AS session
  FROM (SELECT %(name)s::text AS name) AS asked LEFT JOIN kernel_job j USING (name)
 WHERE %(holder)s::integer IS NULL OR (j.holder = %(holder)s AND j.leased_until > clock_timestamp())
