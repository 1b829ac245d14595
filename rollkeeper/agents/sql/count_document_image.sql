-- Counts one more document image of an account's day. Law: art. 4. Reads: -. Writes: agents_documentimagecount. Plan: one row by key.
-- Again: one more.
SELECT agents_count_document_image(%(staff)s, %(on)s, %(agent)s, %(outlet)s)
