-- One row per case and contact listed for it who was vaccinated by the last contact: doses, the days of it in order.
SELECT c.case_id, c.person_id, LIST(DISTINCT d.given_on ORDER BY d.given_on) AS doses
FROM contact c JOIN current_dose d ON d.person_id = c.person_id AND d.given_on <= CAST(c.last_at AS DATE)
GROUP BY c.case_id, c.person_id
