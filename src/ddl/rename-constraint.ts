/** DO blocks that rename constraints for which the server chose the names. */
import { dollarQuote, quoteLiteral } from "../sql/literal.ts";

/**
 * The server can have chosen this name for another of the partition's constraints, which then waits for its own under its oid.
 * @param on the partition, quoted. @param parentName, newName names of constraints.
 */
export function renameConstraintSql(on: string, parentName: string, newName: string): string {
  const [table, from, to] = [on, parentName, newName].map(quoteLiteral);
  return `DO ${dollarQuote(`DECLARE
  given name;
  taken pg_catalog.oid;
BEGIN
  SELECT s.conname INTO given
  FROM pg_catalog.pg_constraint s JOIN pg_catalog.pg_constraint p ON p.oid = s.conparentid
  WHERE s.conrelid = ${table}::pg_catalog.regclass AND p.conname = ${from};
  IF given <> ${to} THEN
    SELECT s.oid INTO taken FROM pg_catalog.pg_constraint s
    WHERE s.conrelid = ${table}::pg_catalog.regclass AND s.conparentid <> 0 AND s.conname = ${to};
    IF FOUND THEN
      EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', ${table}, ${to}, taken || '_constraint');
    END IF;
    EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', ${table}, given, ${to});
  END IF;
END`)}`;
}

/**
 * Makes room for a foreign key: gives a part of another key of the table, which PostgreSQL made for a partition that the other
 * key refers to, the name of its oid. No dump holds the names of such parts.
 * @param on the table, quoted.
 */
export function freeForeignKeyNameSql(on: string, name: string): string {
  const [table, to] = [on, name].map(quoteLiteral);
  return `DO ${dollarQuote(`DECLARE
  taken pg_catalog.oid;
BEGIN
  SELECT s.oid INTO taken
  FROM pg_catalog.pg_constraint s JOIN pg_catalog.pg_constraint p ON p.oid = s.conparentid AND p.conrelid = s.conrelid
  WHERE s.conrelid = ${table}::pg_catalog.regclass AND s.conname = ${to};
  IF FOUND THEN
    EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', ${table}, ${to}, taken || '_constraint');
  END IF;
END`)}`;
}
