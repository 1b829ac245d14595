-- Counts, by service, the waiting commands that were requested before an instant, if one of them was tried in vain.
-- Law: -. Reads: provisioning_command. Writes: -. Plan: index provisioning_command_in_turn, of what is pending. Again: the same.
-- Commands that are held on purpose (by a stay, a stopped batch, a closed day) were not tried and are due later.
SELECT service, count(*) AS count, min(requested_at) AS oldest_at
FROM provisioning_command
WHERE state IN ('waiting', 'sent') AND requested_at < %(before)s AND NOT (state = 'waiting' AND attempts = 0 AND next_try_at > %(now)s)
GROUP BY service
HAVING bool_or(attempts > 1)
ORDER BY service
