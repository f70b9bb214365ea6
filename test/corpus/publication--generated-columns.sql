-- majors: 18
CREATE TABLE t (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED);
CREATE PUBLICATION with_generated FOR TABLE t WITH (publish_generated_columns = stored);
CREATE PUBLICATION without_generated FOR TABLE t WITH (publish_generated_columns = none);
CREATE PUBLICATION listing_generated FOR TABLE t (id, twice);
