-- Renews the leases of this process and takes those that lapsed; returns for each how long ago its last run began, if that run ended well.
-- A lease has lapsed if its instant has passed, if that lies further ahead than any lease is given (the clock was set back), or if the
-- session of its process is gone.
-- Law: -. Reads: pg_locks. Writes: kernel_job. Plan: a row a job, every few seconds; in order of names, so that two processes do not deadlock.
-- Again: the same leases, for longer.

INSERT INTO kernel_job AS j (job, leased_to, leased_until)
SELECT job, %(claim)s, clock_timestamp() + make_interval(secs => %(lease_s)s)
  FROM unnest(%(jobs)s::text[]) AS job
 ORDER BY job
    ON CONFLICT (job) DO UPDATE SET leased_to = EXCLUDED.leased_to, leased_until = EXCLUDED.leased_until
 WHERE j.leased_to = EXCLUDED.leased_to
    OR j.leased_until IS NULL
    OR j.leased_until NOT BETWEEN clock_timestamp() AND clock_timestamp() + make_interval(secs => %(lease_s)s)
    OR NOT EXISTS (SELECT FROM pg_locks l
                    WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted
                      AND l.classid::bigint = %(family)s AND l.objid::bigint = j.leased_to
                      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
RETURNING job, CASE WHEN fault IS NULL AND ended_at IS NOT NULL
                     THEN extract(epoch FROM clock_timestamp() - began_at)::double precision END AS ago_s
