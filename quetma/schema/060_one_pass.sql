-- The same answers in one pass, however many people and declarations there are: asking of each row whether an edit or a person
-- is missing made DuckDB look at all of them.
CREATE OR REPLACE VIEW app_install AS
    WITH told AS (
        SELECT r.* EXCLUDE (counts) REPLACE (COALESCE(a.person_id, r.person_id) AS person_id)
        FROM app_install_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts
    )
    SELECT t.* FROM told t
    LEFT JOIN (SELECT person_id, app, MAX(batch_id) AS batch_id FROM told WHERE edit IS NOT NULL GROUP BY person_id, app) e
        ON e.person_id = t.person_id AND e.app = t.app
    WHERE t.edit IS DISTINCT FROM 'drop' AND (e.batch_id IS NULL OR e.batch_id <= t.batch_id);
CREATE OR REPLACE VIEW declaration AS
    WITH told AS (
        SELECT r.* EXCLUDE (counts) REPLACE (COALESCE(a.person_id, r.person_id) AS person_id)
        FROM declaration_row r LEFT JOIN alias a ON a.alias_id = r.person_id WHERE r.counts
    )
    SELECT t.* FROM told t
    LEFT JOIN (
        SELECT person_id, declared_at, MAX(batch_id) AS batch_id FROM told WHERE edit IS NOT NULL GROUP BY person_id, declared_at
    ) e ON e.person_id = t.person_id AND e.declared_at = t.declared_at
    WHERE t.edit IS DISTINCT FROM 'drop' AND (e.batch_id IS NULL OR e.batch_id <= t.batch_id);
CREATE OR REPLACE VIEW known_person AS
    SELECT person_id, name, phone_shown FROM person
    UNION ALL
    SELECT f.person_id, COALESCE(f.name, '?'), COALESCE(f.phone_shown, '')
    FROM former_person f ANTI JOIN person p ON p.person_id = f.person_id;
