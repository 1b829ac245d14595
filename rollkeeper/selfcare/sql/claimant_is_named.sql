-- Tells whether the subscriber had named the person who claims a line, with the rights of this function's owner: pages read no marks of documents.
-- Law: art. 11 (only who must, may). Reads: selfcare_case, lines_tenure, selfcare_delegate. Writes: -.
-- Plan: primary keys. Again: the same.

CREATE OR REPLACE FUNCTION selfcare_claimant_is_named(asked uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM lines_tenure AS h JOIN selfcare_delegate AS n ON n.person_id = h.person_id AND n.part = 'heir'
         WHERE h.line_id = c.line_id AND h.tenure_id = c.tenure_id AND n.document_mark = c.claimant_mark)
      FROM selfcare_case AS c WHERE c.case_id = asked AND c.claimant_mark IS NOT NULL
$$;
