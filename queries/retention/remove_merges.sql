-- One row per decision that two are one is removed when they are gone (frame gone: as_named).
DELETE FROM merge WHERE person_id IN (SELECT as_named FROM gone) OR into_id IN (SELECT as_named FROM gone)
