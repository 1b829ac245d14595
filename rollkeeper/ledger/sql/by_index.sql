-- Makes the planner walk along indexes for the rest of the transaction.
-- Law: none.
-- Reads: nothing. Writes: settings of this transaction.
-- Plan: the ledger's tables only grow, so their statistics lag behind; without this, each step of the integrator sorted
-- and hashed all that was left (10^6 entries: 51 s instead of 7.4 s; 2 busy cores, 2026-11-24).
-- Again: the same settings.

SELECT set_config('enable_seqscan', 'off', true) AS seqscan,
       set_config('enable_bitmapscan', 'off', true) AS bitmapscan,
       set_config('enable_hashjoin', 'off', true) AS hashjoin,
       set_config('enable_mergejoin', 'off', true) AS mergejoin,
       set_config('enable_sort', 'off', true) AS sort,
       set_config('work_mem', '64MB', true) AS work_mem
