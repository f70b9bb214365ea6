import { expect, test } from "vitest";
import { owners } from "../../../../src/ddl/components/owner.ts";
import { sequences } from "../../../../src/ddl/kinds/sequence.ts";
import { tables } from "../../../../src/ddl/kinds/table.ts";
import { ALICE, columnRow, contextOf, sequenceRow, tableRow } from "../../../support/catalog.ts";

const sqlOf = (context: Parameters<typeof tables>[0]) => {
  const objects = [...tables(context), ...sequences(context)];
  return owners(context, objects).flatMap(({ sql }) => sql());
};

test("each object that has an owner; a sequence that a column owns follows its table", () => {
  const context = contextOf({
    relations: [
      tableRow(16400, "t", { owner: ALICE }),
      tableRow(16410, "free", { kind: "S", owner: ALICE }),
      tableRow(16420, "owned", { kind: "S", owner: ALICE }),
    ],
    columns: [columnRow(16400, 1, "id")],
    sequences: [
      sequenceRow(16410),
      sequenceRow(16420, { ownerRelation: 16400, ownerColumn: "id", ownerType: "a" }),
    ],
  });
  expect(sqlOf(context)).toEqual([
    'ALTER TABLE shop.t OWNER TO "Alice"',
    'ALTER SEQUENCE shop.free OWNER TO "Alice"',
  ]);
});

test("a role that is gone is named by its oid, as PostgreSQL prints it", () => {
  const context = contextOf({ relations: [tableRow(16400, "t", { owner: 99999 })] });
  expect(sqlOf(context)).toEqual(['ALTER TABLE shop.t OWNER TO "99999"']);
});
