-- majors: 17-18
-- Identity columns of partitioned tables belong to the parent; partitions share its sequence.
CREATE TABLE ledger (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, v text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE ledger_1 PARTITION OF ledger FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE ledger_rest PARTITION OF ledger DEFAULT;
INSERT INTO ledger (at, v) VALUES ('2024-05-05', 'in'), ('2030-01-01', 'out');
