-- One row per decision that two are two is removed when one of them is gone (frame gone: as_named).
DELETE FROM apart WHERE person_id IN (SELECT as_named FROM gone) OR other_id IN (SELECT as_named FROM gone)
