-- Of the living organisations of a division no two bear one name. The twins there are get a number behind theirs, all but
-- the oldest; where a living one bears that name already, their id.
UPDATE org SET version = org.version + 1, name = CASE
        WHEN EXISTS (SELECT 1 FROM org y
            WHERE y.division_id = org.division_id AND y.ended_at IS NULL AND y.name = twin.numbered)
        THEN org.name || '（' || lower(hex(org.id)) || '）'
        ELSE twin.numbered END
    FROM (SELECT x.id, x.n, x.name || '（' || CAST(x.n AS text) || '）' AS numbered
        FROM (SELECT o.id, o.name, ROW_NUMBER() OVER (PARTITION BY o.division_id, o.name ORDER BY o.id) AS n
            FROM org o WHERE o.ended_at IS NULL) x) twin
    WHERE twin.id = org.id AND twin.n > 1;
CREATE UNIQUE INDEX org_living_name ON org (division_id, name) WHERE ended_at IS NULL;
