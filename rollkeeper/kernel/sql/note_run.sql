-- Notes the beginning or the end of a job's run.
-- Law: -. Reads: -. Writes: kernel_job. Plan: one row by its key. Again: the same.

INSERT INTO kernel_job (job, began_at, ended_at, did, fault, interval_s)
VALUES (%(job)s, to_timestamp(%(began)s), to_timestamp(%(ended)s), %(did)s, %(fault)s, %(interval_s)s)
    ON CONFLICT (job) DO UPDATE SET began_at = EXCLUDED.began_at, ended_at = EXCLUDED.ended_at, did = EXCLUDED.did,
       fault = EXCLUDED.fault, interval_s = EXCLUDED.interval_s
