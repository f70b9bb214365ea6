/**
 * CREATE OPERATOR FAMILY and CLASS. What a family has beyond its classes is a piece of its own: nothing waits for it, so
 * its operators may need what needs the family.
 */
import { address, type Address, CATALOG, FIRST_NORMAL_OID } from "../../catalog/address.ts";
import type { OperatorClassRow, OperatorMemberRow } from "../../catalog/operator-class.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { groupBy } from "../../util/group-by.ts";
import { dumpableRows, schemaObject, sqlName } from "../schema-object.ts";

export function operatorFamilies(context: DdlContext): DumpableObject[] {
  return dumpableRows(context, "opfamily", context.catalog.operatorFamilies).map((row) => {
    const name = `${sqlName(context, row)} USING ${quoteIdent(row.accessMethod)}`;
    return {
      ...schemaObject(context, "opfamily", "operator-family", row),
      name: `${row.name} ${row.accessMethod}`,
      sql: () => [`CREATE OPERATOR FAMILY ${name}`],
      target: `OPERATOR FAMILY ${name}`,
      owner: row.owner,
    };
  });
}

/**
 * What belongs to a family and to none of its classes, for each family. To a family of PostgreSQL's or an extension's,
 * users add operators and functions of their own: those that are not are taken for the extension's.
 */
export function operatorFamilyMembers(context: DdlContext): DumpableObject[] {
  const own = new Set(
    dumpableRows(context, "opfamily", context.catalog.operatorFamilies).map((row) => row.oid),
  );
  const loose = context.catalog.operatorMembers.filter(
    (row) => row.class === 0 && (own.has(row.family) || isUsers(context, row)),
  );
  return [...groupBy(loose, (row) => row.family)].map(([oid, members]) => {
    const family = address(CATALOG.opfamily, oid);
    const { familyNamespace, familyName, accessMethod } = members[0]!;
    const namespace = context.namespace(familyNamespace);
    const name = `${qualify(namespace, familyName)} USING ${quoteIdent(accessMethod)}`;
    return {
      id: `${family}#members`,
      kind: "operator-family",
      namespace,
      name: `${familyName} ${accessMethod}`,
      section: "pre-data",
      addresses: members.map(memberAddress),
      requires: [family],
      parent: family,
      sql: () => [
        `ALTER OPERATOR FAMILY ${name} ADD\n    ${members.map(memberItem).join(",\n    ")}`,
      ],
    };
  });
}

function isUsers(context: DdlContext, row: OperatorMemberRow): boolean {
  const catalog = row.catalog === "amop" ? CATALOG.operator : CATALOG.proc;
  return row.memberOid >= FIRST_NORMAL_OID && !context.isMember(catalog, row.memberOid);
}

export function operatorClasses(context: DdlContext): DumpableObject[] {
  const byClass = groupBy(context.catalog.operatorMembers, (row) => row.class);
  return dumpableRows(context, "opclass", context.catalog.operatorClasses).map((row) => {
    const members = byClass.get(row.oid) ?? [];
    const name = sqlName(context, row);
    const common = schemaObject(context, "opclass", "operator-class", row);
    return {
      ...common,
      name: `${row.name} ${row.accessMethod}`,
      addresses: [...common.addresses, ...members.map(memberAddress)],
      sql: () => [createOperatorClass(name, row, members)],
      target: `OPERATOR CLASS ${name} USING ${quoteIdent(row.accessMethod)}`,
      owner: row.owner,
    };
  });
}

function memberAddress(member: OperatorMemberRow): Address {
  return address(CATALOG[member.catalog], member.oid);
}

/** A member as both statements write it. The operand types of an operator are in `member` already. */
function memberItem(member: OperatorMemberRow): string {
  if (member.catalog === "amproc") {
    return `FUNCTION ${member.number} (${member.left}, ${member.right}) ${member.member}`;
  }
  const order = member.sortFamily === null ? "" : ` FOR ORDER BY ${member.sortFamily}`;
  return `OPERATOR ${member.number} ${member.member}${order}`;
}

export function createOperatorClass(
  name: string,
  row: OperatorClassRow,
  members: readonly OperatorMemberRow[],
): string {
  const items = [
    ...(row.storedType === null ? [] : [`STORAGE ${row.storedType}`]),
    ...members.map(memberItem),
  ];
  // The list can't be empty; to store the input type itself says nothing.
  if (items.length === 0) items.push(`STORAGE ${row.inputType}`);
  return [
    `CREATE OPERATOR CLASS ${name}`,
    `${row.isDefault ? "DEFAULT " : ""}FOR TYPE ${row.inputType} USING ${quoteIdent(row.accessMethod)} FAMILY ${row.family} AS`,
    items.join(",\n    "),
  ].join("\n    ");
}
