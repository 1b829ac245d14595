-- Gives the hash of an account's password and its salt; to a counter only for staff who may use a counter. The counter's role cannot select
-- these columns: a policy hides rows, but a statement's plan tells whether a hidden row meets a condition, and so, bit by bit, its content.
-- Law: art. 11 (only who must, may). Reads: access_staff, access_rolegrant. Writes: -. Plan: primary key; few grants an account.
-- Again: CREATE OR REPLACE: the same function.
CREATE OR REPLACE FUNCTION access_secrets_of(account uuid) RETURNS TABLE (password text, salt bytea)
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.password, s.salt FROM access_staff s
     WHERE s.staff_id = account
       AND (kernel_acting_role() <> 'counter'
            OR EXISTS (SELECT FROM access_rolegrant g
                        WHERE g.staff_id = s.staff_id AND g.role IN ('clerk', 'supervisor', 'data_protection_officer')))
$$;
