-- One row: how many people the store names, masked ones too.
SELECT COUNT(*) AS people FROM person
