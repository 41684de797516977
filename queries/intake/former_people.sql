-- One row per person of the file (frame fresh) whom no upload names any more but a decision does: identity, former_id.
SELECT fresh.identity, former_person.person_id AS former_id
FROM fresh JOIN former_person ON former_person.identity = fresh.identity
