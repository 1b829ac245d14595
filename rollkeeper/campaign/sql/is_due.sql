-- Whether the last day of a line's clock is over on a day, and no later day was promised. To be included: wants member_clock as c, law_due as d.
-- Law: art. 3; a promised day is never shortened, and a day that a pause covers does not count. Reads: -. Writes: -. Plan: -. Again: the same.
(d.last_day_on < %(due_on)s AND (c.promised_on IS NULL OR c.promised_on < %(due_on)s) AND NOT c.pauses @> %(due_on)s::date)
