-- One row per kind of table whose columns were once chosen by hand: signature, choices (JSON of quetma.intake.Choices).
SELECT signature, choices FROM remembered_mapping ORDER BY signature
