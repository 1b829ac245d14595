-- Adds an invented person with a terminated line, in the same form as a real person.
-- Law: art. 11 (who looks without need is found). Reads: -. Writes: lines_line, lines_number, lines_tenure. The person's own rows are
-- written by the package subscribers. Plan: three inserts of a row. Again: never, the references are fresh.

WITH line AS (
    INSERT INTO lines_line (line_id, service, state, version, is_registered, is_disputed, is_essential, activated_on,
                            terminated_on, terminated_by, language, number_index, number_sealed)
    VALUES (%(line)s, %(service)s, 'terminated', 3, true, false, false, %(began_on)s, %(terminated_on)s, 'subscriber',
            %(language)s, %(number_index)s, %(sealed)s)
), number AS (
    INSERT INTO lines_number (number_index, line_id, quarantined_until)
    VALUES (%(number_index)s, %(line)s, %(until)s)
)
INSERT INTO lines_tenure (line_id, held, tenure_id, party_kind, person_id, assurance, commitment, ended_by_entry)
VALUES (%(line)s, tstzrange(%(began_at)s, %(ended_at)s), %(tenure)s, %(kind)s, %(person)s, 'sighted', %(commitment)s, %(entry)s)
