-- Counts one more document image of an account's day. Law: art. 4. Reads: -. Writes: agents_documentimagecount. Plan: one row by key.
-- Again: one more.
INSERT INTO agents_documentimagecount (staff_id, day, agent_id, outlet_id, images)
VALUES (%(staff)s, %(on)s, %(agent)s, %(outlet)s, 1)
ON CONFLICT (staff_id, day) DO UPDATE SET images = agents_documentimagecount.images + 1
