-- How a person's phone is shown and written to files, as quetma.people.domestic: 0912345678, '' when there is none.
-- Of a masked person it is what the log showed (0912345***), which ends the identity.
CREATE MACRO shown_phone(person) AS CASE
    WHEN person.masked THEN REGEXP_EXTRACT(person.identity, '[^|]*$')
    WHEN person.phone LIKE '+84%' THEN '0' || SUBSTR(person.phone, 4)
    ELSE COALESCE(person.phone, '')
END;
