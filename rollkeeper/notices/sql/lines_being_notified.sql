-- Lists the lines among these to which a claimed notice is on its way by a channel that needs this field: a letter needs no number.
-- Law: art. 5, 11 (no one can access everyone). Reads: notices_notice. Writes: -. Plan: primary key, a few rows a line. Again: the same.

SELECT DISTINCT line_id FROM notices_notice
 WHERE line_id = ANY (%(lines)s::uuid[]) AND state = 'queued' AND claimed_by IS NOT NULL
   AND (channel IN ('sms', 'voice')) = %(is_number)s
