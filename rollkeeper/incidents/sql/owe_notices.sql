-- Owes one notice to everybody who can be told, in their language. Law: art. 12.
-- Reads: incident_draft (temporary). Writes: notices_notice. Plan: one insert. Again: the caller sees to it that it is once.
INSERT INTO notices_notice (line_id, kind, language, owed_on, pack_hash)
SELECT line_id, %(kind)s, language, %(on)s, %(pack)s FROM incident_draft WHERE line_id IS NOT NULL
