-- One row per person that a scan, a stay or a staff list can be about.
SELECT person_id FROM person WHERE person_id NOT IN (SELECT alias_id FROM alias)
