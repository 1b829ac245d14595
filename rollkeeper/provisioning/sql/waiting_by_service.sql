-- Counts, by service, the commands that wait though they were asked for before an instant, where one of them was tried in vain.
-- Law: -. Reads: provisioning_command. Writes: -. Plan: index provisioning_command_in_turn, of what is pending. Again: the same.
-- What is held on purpose (by a stay, a stopped batch, a closed day) was not tried and is due later.
SELECT service, count(*) AS count, min(requested_at) AS oldest_at
FROM provisioning_command
WHERE state IN ('waiting', 'sent') AND requested_at < %(before)s AND NOT (state = 'waiting' AND attempts = 0 AND next_try_at > %(now)s)
GROUP BY service
HAVING bool_or(attempts > 1)
ORDER BY service
