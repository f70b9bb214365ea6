/**
 * CREATE OPERATOR FAMILY and CLASS. Members of a family that belong to none of its classes are an object of their own:
 * nothing depends on it, so its operators may depend on objects that depend on the family.
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
 * For each family, the members that belong to none of its classes. Users can add some to a family of PostgreSQL or of an
 * extension: those whose operator or function is a user's.
 */
export function operatorFamilyMembers(context: DdlContext): DumpableObject[] {
  const dumped = new Set(
    dumpableRows(context, "opfamily", context.catalog.operatorFamilies).map((row) => row.oid),
  );
  const loose = context.catalog.operatorMembers.filter(
    (row) => row.class === 0 && (dumped.has(row.family) || isOfUser(context, row)),
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

function isOfUser(context: DdlContext, row: OperatorMemberRow): boolean {
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
  // The list can't be empty. To store the input type is the default.
  if (items.length === 0) items.push(`STORAGE ${row.inputType}`);
  return [
    `CREATE OPERATOR CLASS ${name}`,
    `${row.isDefault ? "DEFAULT " : ""}FOR TYPE ${row.inputType} USING ${quoteIdent(row.accessMethod)} FAMILY ${row.family} AS`,
    items.join(",\n    "),
  ].join("\n    ");
}
