-- Partitions by list, range and hash, sub-partitions, DEFAULT, other column orders and defaults, attached indexes and keys.
CREATE TABLE events (id bigint, region text NOT NULL, at timestamptz NOT NULL, body text DEFAULT 'parent', CHECK (id > 0)) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2025-01-01 00:00+00');
CREATE TABLE events_2025 (body text DEFAULT 'own', at timestamptz NOT NULL, gone int, region text NOT NULL, id bigint CHECK (id > 0), CONSTRAINT events_id_check CHECK (id > 0));
ALTER TABLE events_2025 DROP COLUMN gone;
ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2026-01-01 00:00+00');
CREATE TABLE events_early PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2024-01-01 00:00+00') PARTITION BY LIST (region);
CREATE TABLE events_early_eu PARTITION OF events_early FOR VALUES IN ('eu', 'uk');
CREATE TABLE events_early_null PARTITION OF events_early DEFAULT PARTITION BY HASH (id);
CREATE TABLE events_early_h0 PARTITION OF events_early_null FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE events_early_h1 PARTITION OF events_early_null FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE events_rest PARTITION OF events DEFAULT;
INSERT INTO events SELECT g, CASE g % 3 WHEN 0 THEN 'eu' WHEN 1 THEN 'us' ELSE 'xx' END,
  '2023-06-01 00:00+00'::timestamptz + g * interval '20 days', 'b' || g FROM generate_series(1, 80) g;
ALTER TABLE events ADD PRIMARY KEY (id, at, region);
CREATE INDEX events_body ON events (lower(body) text_pattern_ops DESC NULLS LAST) WHERE id > 10;
CREATE UNIQUE INDEX own_name ON events_2024 (at, id);
CREATE INDEX ON ONLY events (region);
CREATE INDEX loose ON events_2024 (region);
CREATE TABLE refs (e_id bigint, e_at timestamptz, e_region text, FOREIGN KEY (e_id, e_at, e_region) REFERENCES events (id, at, region));
INSERT INTO refs SELECT id, at, region FROM events WHERE id < 5;
CREATE TABLE byexpr (a int, b text) PARTITION BY RANGE ((a % 10), lower(b) COLLATE "C");
CREATE TABLE byexpr_1 PARTITION OF byexpr FOR VALUES FROM (0, 'a') TO (5, MAXVALUE);
INSERT INTO byexpr VALUES (3, 'Q');
COMMENT ON TABLE events_2024 IS 'a year';
