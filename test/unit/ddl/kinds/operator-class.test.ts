import { expect, test } from "vitest";
import type {
  OperatorClassRow,
  OperatorMemberRow,
} from "../../../../src/catalog/operator-class.ts";
import { createOperatorClass } from "../../../../src/ddl/kinds/operator-class.ts";

const CLASS: OperatorClassRow = {
  oid: 16400,
  name: "c",
  namespace: 2200,
  owner: 10,
  accessMethod: "Gist 2",
  family: 's."F"',
  inputType: "point",
  storedType: null,
  isDefault: true,
};

const MEMBER: OperatorMemberRow = {
  oid: 16401,
  catalog: "amop",
  class: 16400,
  family: 16399,
  familyNamespace: 2200,
  familyName: "F",
  accessMethod: "Gist 2",
  number: 15,
  left: "point",
  right: "box",
  memberOid: 1,
  member: "s.<->(point,box)",
  sortFamily: "pg_catalog.float_ops",
};

test("storage first, then operators and functions as they come", () => {
  const distance = {
    catalog: "amproc",
    number: 8,
    member: "f(internal)",
    sortFamily: null,
  } as const;
  expect(
    createOperatorClass("s.c", { ...CLASS, storedType: "box" }, [
      MEMBER,
      { ...MEMBER, ...distance },
    ]),
  ).toBe(`CREATE OPERATOR CLASS s.c
    DEFAULT FOR TYPE point USING "Gist 2" FAMILY s."F" AS
    STORAGE box,
    OPERATOR 15 s.<->(point,box) FOR ORDER BY pg_catalog.float_ops,
    FUNCTION 8 (point, box) f(internal)`);
});

test("a class of nothing stores its input type, for the list can't be empty", () => {
  expect(createOperatorClass("s.c", { ...CLASS, isDefault: false }, [])).toBe(
    'CREATE OPERATOR CLASS s.c\n    FOR TYPE point USING "Gist 2" FAMILY s."F" AS\n    STORAGE point',
  );
});
