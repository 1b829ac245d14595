-- Lists those of some lines to which a code that was asked for is on its way.
-- Law: art. 5, 13. Reads: selfcare_coderequest. Writes: -. Plan: selfcare_coderequest_by_line, a few rows a line. Again: the same.

SELECT DISTINCT line_id FROM selfcare_coderequest
 WHERE line_id = ANY (%(lines)s::uuid[]) AND code_hash IS NOT NULL AND channel IS NULL
   AND processed_at > clock_timestamp() - interval '10 minutes'
