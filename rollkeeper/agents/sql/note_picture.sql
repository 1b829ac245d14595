-- Counts one more picture of an account's day. Law: art. 4. Reads: -. Writes: agents_picture. Plan: one row by key.
-- Again: one more.
INSERT INTO agents_picture (staff_id, day, agent_id, place_id, pictures)
VALUES (%(staff)s, %(on)s, %(agent)s, %(place)s, 1)
ON CONFLICT (staff_id, day) DO UPDATE SET pictures = agents_picture.pictures + 1
