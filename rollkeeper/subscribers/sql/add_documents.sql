-- Records documents not shown before; a concurrent second writer waits and then gets no row.
-- Law: art. 2. Reads: -. Writes: subscribers_document. Plan: subscribers_document_pkey.
-- Again: no row.
INSERT INTO subscribers_document (document_index, person_id, document_type, since)
SELECT shown.*, %(on)s FROM unnest(%(indexes)s::bytea[], %(persons)s::uuid[], %(types)s::text[])
              AS shown (document_index, person_id, document_type)
 ORDER BY shown.document_index
    ON CONFLICT (document_index) DO NOTHING
RETURNING document_index
