-- One row is added per row of sealed_lines (frame): a line of before there was a chain, sealed.
INSERT INTO audit (number, logged_at, account, action, subject, detail, salt, told, seal)
SELECT number, logged_at, account, action, subject, detail, salt, told, seal FROM sealed_lines ORDER BY number
