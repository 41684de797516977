-- One row: the first moment from which on what contacts declare can count for their cases; NULL without contacts.
SELECT MIN(LEAST(exposed_at, listed_at)) AS since FROM contact
