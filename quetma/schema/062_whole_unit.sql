-- The quarters of the unit as a whole stand beside those of its places, with location 0, as its days do in flow_day.
DELETE FROM flow_quarter WHERE location_id = 0;
INSERT INTO flow_quarter (day, quarter, location_id, kind, arrivals, departures)
    SELECT day, quarter, 0, kind, CAST(SUM(arrivals) AS INTEGER), CAST(SUM(departures) AS INTEGER)
    FROM flow_quarter GROUP BY day, quarter, kind ORDER BY day, quarter, kind;
