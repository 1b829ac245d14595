-- Puts an invented person who held a line that has ended among the others, in the shape that a real one has.
-- Law: art. 11 (who looks without need is found). Reads: -. Writes: lines_line, lines_number, lines_holding. The person's own rows are
-- written by the package subscribers. Plan: three inserts of a row. Again: never, the references are fresh.

WITH line AS (
    INSERT INTO lines_line (line_id, service, state, version, is_registered, is_disputed, is_protected, activated_on,
                            ended_on, ended_by, language, number_index, number_sealed)
    VALUES (%(line)s, %(service)s, 'ended', 3, true, false, false, %(began_on)s, %(ended_on)s, 'subscriber',
            %(language)s, %(number_index)s, %(sealed)s)
), number AS (
    INSERT INTO lines_number (number_index, line_id, quarantined_until)
    VALUES (%(number_index)s, %(line)s, %(until)s)
)
INSERT INTO lines_holding (line_id, held, holding_id, party_kind, person_id, assurance, commitment)
VALUES (%(line)s, tstzrange(%(began_at)s, %(ended_at)s), %(holding)s, %(kind)s, %(person)s, 'sighted', %(commitment)s)
