-- Returns what is known of a job's last run, and the database's instant; no row if this process lacks the lease. A NULL claim needs no lease.
-- The session gets a name by which the next process with the lease finds it, should this one hang.
-- Law: -. Reads: kernel_job. Writes: -. Plan: one row by its key. Again: the same.

SELECT extract(epoch FROM clock_timestamp())::bigint AS now, extract(epoch FROM j.began_at)::bigint AS began,
       j.ended_at IS NOT NULL AS has_ended, j.fault,
       CASE WHEN %(claim)s::integer IS NOT NULL THEN set_config('application_name', %(session)s, false) END AS session
  FROM (SELECT %(job)s::text AS job) AS asked LEFT JOIN kernel_job j USING (job)
 WHERE %(claim)s::integer IS NULL OR (j.leased_to = %(claim)s AND j.leased_until > clock_timestamp())
