-- Lists who approved these, oldest first; approvals given before a withdrawal still count as given.
-- Law: art. 3, art. 11. Reads: access_approval, access_staff. Writes: -. Plan: access_approval_given_twice; a row a person.
-- Again: the same rows.
SELECT a.subject, a.staff_id, coalesce(s.username, '') AS username, a.content, a.approved_at
  FROM access_approval a LEFT JOIN access_staff s USING (staff_id)
 WHERE a.permission = %(permission)s AND a.subject = ANY (%(subjects)s::uuid[]) AND a.approves
 ORDER BY a.approved_at, a.approval_id
