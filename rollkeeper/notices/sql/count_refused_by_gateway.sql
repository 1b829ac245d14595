-- Counts, by channel, the notices that a gateway did not accept in at least two tries, with the oldest.
-- Law: -. Reads: notices_notice. Writes: -. Plan: index notices_notice_to_send, of what has its channel. Again: the same.
SELECT next_channel AS channel, count(*) AS count, min(queued_on) AS oldest_on
FROM notices_notice
WHERE state = 'queued' AND next_channel = ANY(%(channels)s::text[]) AND next_channel = channel AND attempts > 1
GROUP BY next_channel
ORDER BY next_channel
