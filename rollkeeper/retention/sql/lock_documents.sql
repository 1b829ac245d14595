-- Locks the documents of people who may be erased, in one order, waiting for transactions that refer to them.
-- Law: art. 5. Reads: subscribers_document. Writes: row locks.
-- Plan: subscribers_document_by_person.
-- Again: the same locks.
SELECT document_index FROM subscribers_document WHERE person_id = ANY (%(persons)s) ORDER BY document_index FOR UPDATE
