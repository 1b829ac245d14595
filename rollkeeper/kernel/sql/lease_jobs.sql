-- Renews the leases of this process and takes those that lapsed; says of each how long ago its last run began, if that one ended well.
-- A lease has lapsed at its instant, when it lies further ahead than any that is given (the clock was set back), and when the
-- session of its holder is gone.
-- Law: -. Reads: pg_locks. Writes: kernel_job. Plan: a row a job, every few seconds; in order of names, so that two processes do not deadlock.
-- Again: the same leases, for longer.

INSERT INTO kernel_job AS j (name, holder, leased_until)
SELECT name, %(holder)s, clock_timestamp() + make_interval(secs => %(lease_s)s)
  FROM unnest(%(names)s::text[]) AS name
 ORDER BY name
    ON CONFLICT (name) DO UPDATE SET holder = EXCLUDED.holder, leased_until = EXCLUDED.leased_until
 WHERE j.holder = EXCLUDED.holder
    OR j.leased_until IS NULL
    OR j.leased_until NOT BETWEEN clock_timestamp() AND EXCLUDED.leased_until
    OR NOT EXISTS (SELECT FROM pg_locks l
                    WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted
                      AND l.classid::bigint = %(family)s AND l.objid::bigint = j.holder
                      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
RETURNING name, CASE WHEN fault IS NULL AND ended_at IS NOT NULL
                     THEN extract(epoch FROM clock_timestamp() - began_at)::double precision END AS ago_s
