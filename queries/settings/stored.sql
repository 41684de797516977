-- One row per setting that is stored: key, value.
SELECT key, value FROM setting
