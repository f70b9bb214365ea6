/** DO blocks that dumps wrote before, word for word: archives keep them. */
import { quoteLiteral } from "../../sql/literal.ts";

/** `renameConstraintSql()` (src/ddl/rename-constraint.ts) as it was before it made room for the name. */
export function olderRenameConstraintBlock(
  on: string,
  parentName: string,
  newName: string,
): string {
  const [table, from, to] = [on, parentName, newName].map(quoteLiteral);
  return `DECLARE
  given name;
BEGIN
  SELECT s.conname INTO given
  FROM pg_catalog.pg_constraint s JOIN pg_catalog.pg_constraint p ON p.oid = s.conparentid
  WHERE s.conrelid = ${table}::pg_catalog.regclass AND p.conname = ${from};
  IF given <> ${to} THEN
    EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', ${table}, given, ${to});
  END IF;
END`;
}
