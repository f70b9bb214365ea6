/**
 * Operator classes and families with the members of a family in one list. Since PostgreSQL 14 members that an index can do
 * without belong to the family alone, although CREATE OPERATOR CLASS named them (`amadjustmembers`), up to 13 to the class.
 */
import { splitUnquoted } from "../../sql/deparse/scan.ts";
import { unquoteIdent } from "../../sql/ident.ts";
import type { ComparedObject } from "../compared-object.ts";

const CLASS =
  /^(CREATE OPERATOR CLASS [^]+?\n {4}(?:DEFAULT )?FOR TYPE ([^]+?) USING (\S+) FAMILY ([^]+?) AS)\n {4}([^]+)$/;
const FAMILY = /^ALTER OPERATOR FAMILY ([^]+?) USING (\S+) ADD\n {4}([^]+)$/;
const SEPARATOR = ",\n    ";

/** The objects, with one for the members of each family in place of what classes and families have of them. */
export function operatorMembersApart(objects: readonly ComparedObject[]): ComparedObject[] {
  const members = new Map<string, string[]>();
  const add = (family: string, method: string, items: readonly string[]): void => {
    const key = `${family} USING ${method}`;
    members.set(key, [...(members.get(key) ?? []), ...items]);
  };
  const others = objects.flatMap((object): ComparedObject[] => {
    const [statement = ""] = object.statements;
    if (object.kind === "operator-class") {
      const [, head, type, method, family, list] = CLASS.exec(statement) ?? [];
      if (head === undefined) return [object];
      const items = splitUnquoted(list!, SEPARATOR);
      add(family!, method!, items.filter(isMember));
      // The list cannot be empty: an older server wrote what is the default, too.
      const stored = items.filter((item) => !isMember(item) && item !== `STORAGE ${type!}`);
      return [{ ...object, statements: [[head, ...stored].join("\n    ")] }];
    }
    if (object.kind === "operator-family") {
      const [, family, method, list] = FAMILY.exec(statement) ?? [];
      if (family === undefined) return [object];
      add(family, method!, splitUnquoted(list!, SEPARATOR));
      return [];
    }
    return [object];
  });
  return [...others, ...[...members].map(([family, items]) => membersObject(family, items))];
}

/** As the dump of a newer server has it. */
function membersObject(family: string, items: readonly string[]): ComparedObject {
  const [qualified, method] = splitUnquoted(family, " USING ") as [string, string];
  const [namespace, name] = splitUnquoted(qualified, ".").map(unquoteIdent) as [string, string];
  return {
    kind: "operator-family",
    namespace,
    name: `${name} ${unquoteIdent(method)}`,
    statements: [`ALTER OPERATOR FAMILY ${family} ADD\n    ${items.toSorted().join(SEPARATOR)}`],
  };
}

function isMember(item: string): boolean {
  return item.startsWith("OPERATOR ") || item.startsWith("FUNCTION ");
}
