-- A person joined to a protected person is the same person, and equally at risk under each document.
-- Law: art. 11 (user information is protected). Reads: subscribers_personlink. Writes: subscribers_subscriber.is_protected.
-- Plan: subscribers_references_of of the row that came; one person has a handful of references.
-- Again: CREATE OR REPLACE: the same trigger; it removes no one's protection, and neither does a separation.
--
-- Runs with its owner's rights: a counter may join documents, but may neither begin nor end protection.
CREATE OR REPLACE FUNCTION subscribers_link_protection() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE subscribers_subscriber s SET is_protected = true
     WHERE s.person_id IN (SELECT subscribers_references_of(NEW.person_id)) AND NOT s.is_protected
       AND EXISTS (SELECT FROM subscribers_subscriber p
                    WHERE p.person_id IN (SELECT subscribers_references_of(NEW.person_id)) AND p.is_protected);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER subscribers_personlink_protection AFTER INSERT ON subscribers_personlink
    FOR EACH ROW EXECUTE FUNCTION subscribers_link_protection();
