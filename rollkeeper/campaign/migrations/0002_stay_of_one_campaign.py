# SPDX-License-Identifier: EUPL-1.2
"""A stay may name the one campaign that it pauses: it closes no day for the others, and a counter is told of it for its lines alone."""

from django.db import migrations, models

_CLOSED_DAYS = """
-- A stay of one campaign closes no day: the network asks which batches rest (sql/resting_batches.sql).
CREATE OR REPLACE FUNCTION campaign_stay_to_closed_day() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.campaign_id IS NULL THEN
        PERFORM network_set_rest(NEW.stay_id, NEW.days);
    END IF;
    RETURN NULL;
END
$$
"""
_LINE_DEADLINE = """
CREATE OR REPLACE FUNCTION campaign_line_deadline(line uuid)
RETURNS TABLE (stage text, step smallint, anchor_on date, promised_on date, pack_id text, campaign_name text, stays json)
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.stage, m.step, m.anchor_on, m.promised_on, c.pack_id, c.campaign_name,
           (SELECT coalesce(json_agg(json_build_array(lower(s.days), upper(s.days) - 1) ORDER BY s.days), '[]')
              FROM campaign_stay s
             WHERE NOT isempty(s.days)
               AND (s.campaign_id IS NULL OR s.campaign_id = c.campaign_id OR EXISTS (
                   SELECT FROM campaign_campaign o
                    WHERE o.campaign_id = s.campaign_id AND o.law_id = c.law_id AND o.campaign_name = c.campaign_name)))
      FROM campaign_member m JOIN campaign_campaign c USING (campaign_id)
     WHERE m.line_id = line AND c.closed_on IS NULL AND m.stage IN ('running', 'suspended') AND m.anchor_on IS NOT NULL
     ORDER BY c.planned_at DESC LIMIT 1
$$
"""


class Migration(migrations.Migration):
    dependencies = [("campaign", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="stay",
            name="campaign_id",
            field=models.UUIDField(null=True, db_comment="The campaign that it pauses; null: all of them."),
        ),
        migrations.RunSQL([_CLOSED_DAYS, _LINE_DEADLINE]),
    ]
