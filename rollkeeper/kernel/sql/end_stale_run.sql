-- Ends the session of a former process that still runs a job whose lease this process has. A command that a person typed is not ended.
-- Law: -. Reads: kernel_job, pg_locks, pg_stat_activity. Writes: ends a session of the same role. Plan: a few locks. Again: nothing more to end.

SELECT pg_terminate_backend(l.pid) AS was_ended
  FROM kernel_job j, pg_locks l JOIN pg_stat_activity a USING (pid)
 WHERE j.job = %(job)s AND j.leased_to = %(claim)s AND j.leased_until > clock_timestamp()
   AND l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted AND l.classid::bigint = %(family)s
   AND l.objid::bigint = hashtext(j.job)::bigint & 4294967295
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND a.application_name = %(session)s AND l.pid <> pg_backend_pid()
