-- Lists those of these people who had one of the roles on the day of their decision: with an open account and, if hours are given, by a
-- grant at least that old by the clock of the database. A more recent grant may not have been reviewed yet.
-- Law: art. 3, art. 11. Reads: access_rolegrant, access_staff. Writes: -. Plan: access_rolegrant_staff; a few rows a person.
-- Again: the same rows, until a grant or an account ends.
SELECT decision.staff_id
  FROM unnest(%(people)s::uuid[], %(days)s::date[]) AS decision (staff_id, day)
 WHERE EXISTS (
         SELECT FROM access_rolegrant g JOIN access_staff s USING (staff_id)
          WHERE g.staff_id = decision.staff_id AND g.role = ANY (%(roles)s::text[]) AND s.is_active
            AND g.since <= decision.day AND (g.until IS NULL OR g.until >= decision.day)
            AND (%(hours)s::integer IS NULL OR g.granted_at <= statement_timestamp() - make_interval(hours => %(hours)s::integer))
       )
