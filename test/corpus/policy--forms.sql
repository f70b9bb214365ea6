-- roles: nhd_reader, nhd odd role
CREATE TABLE t (id int, owner text);
INSERT INTO t VALUES (1, 'a'), (2, 'b');
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
CREATE POLICY everyone ON t USING (id > 0);
CREATE POLICY readers ON t AS RESTRICTIVE FOR SELECT TO nhd_reader, "nhd odd role" USING (owner = current_user);
CREATE POLICY writers ON t FOR INSERT WITH CHECK (owner <> '');
CREATE POLICY changers ON t FOR UPDATE TO public USING (true) WITH CHECK (id < 100);
CREATE POLICY "odd ""policy""" ON t FOR DELETE USING (false);
COMMENT ON POLICY everyone ON t IS 'all';
CREATE TABLE forced_only (a int);
ALTER TABLE forced_only FORCE ROW LEVEL SECURITY;
