-- Lists the lines among these about which a claimed command is on its way to the network.
-- Law: art. 5, 11 (no one can access everyone). Reads: provisioning_command. Writes: -. Plan: primary key, a few rows a line.
-- Again: the same.

SELECT DISTINCT line_id FROM provisioning_command WHERE line_id = ANY (%(lines)s::uuid[]) AND claimed_by IS NOT NULL
