/** When a restore may begin before all of its dump was read: never where the rest could change what becomes of the target. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CATALOG } from "../../../src/catalog/address.ts";
import { asArchive } from "../../../src/plain/restore/as-archive.ts";
import { headAllows, targetAllows } from "../../../src/plain/restore/begin-early.ts";
import type { CreatedObject } from "../../../src/plain/read/created-object.ts";
import { type DumpScan, DumpTally } from "../../../src/plain/read/tally.ts";
import { replacement } from "../../../src/restore/decide/replacement.ts";
import type { TargetObject } from "../../../src/restore/target/facts.ts";
import type { PlainRefusal } from "../../../src/plain/contents.ts";

const NO_OWNERSHIP = { owner: false, privileges: false };

function scanOf(objects: readonly CreatedObject[], refusals: PlainRefusal[] = []): DumpScan {
  const tally = new DumpTally();
  for (const object of objects) tally.add({ does: "create", object }, 1);
  return tally.scan({
    format: "plain",
    dumpedBy: null,
    serverVersion: null,
    compression: "none",
    isComplete: false,
    fileBytes: 1,
    textBytes: 1,
    refusals,
  });
}

const created = (kind: string, name: string, namespace: string | null): CreatedObject => ({
  kind,
  name,
  namespace,
  isPartitioned: false,
  index: null,
});

describe("the head", () => {
  const table = [created("table", "t", "public")];
  const object = [created("large-object", "7", null)];
  const refusal = { line: 1, what: "VACUUM", hint: "" };
  test.each([
    ["creates tables", table, [], NO_OWNERSHIP, true],
    ["creates large objects alone", object, [], NO_OWNERSHIP, false],
    ["creates nothing", [], [], NO_OWNERSHIP, false],
    ["holds what is not run", table, [refusal], NO_OWNERSHIP, false],
    ["has owners that are given", table, [], { owner: true, privileges: false }, false],
    ["has privileges that are given", table, [], { owner: false, privileges: true }, false],
  ])("%s", (_name, objects, refusals, options, expected) => {
    const head = { scan: scanOf(objects, refusals), isWhole: false };
    expect(headAllows(head, options)).toBe(expected);
  });
});

/** Kinds with their catalogs, those in schemas first. */
const KINDS = [
  ["table", CATALOG.class],
  ["function", CATALOG.proc],
  ["materialized-view", CATALOG.class],
  ["schema", CATALOG.namespace],
  ["publication", CATALOG.publication],
  ["extension", CATALOG.extension],
] as const;
const inSchema = (kind: string): boolean => KINDS.findIndex(([each]) => each === kind) < 3;

const kind = fc.constantFrom(...KINDS.map(([each]) => each));
const name = fc.constantFrom("a", "b", "public");
const dumped = fc
  .tuple(kind, name, name)
  .map(([each, own, schema]) => created(each, own, inSchema(each) ? schema : null));
const held = fc
  .record({ kind, name, schema: name, owner: fc.constantFrom("own", "may", "not") })
  .map((each): TargetObject => {
    const type = each.kind.replace("-", " ");
    const namespace = inSchema(each.kind) ? each.schema : null;
    return {
      type,
      namespace,
      identity: each.name,
      slot: null,
      class: new Map<string, number>(KINDS).get(each.kind)!,
      oid: 0,
      name: each.name,
      holder: null,
      owner: each.owner,
      isOwn: each.owner === "own",
      mayDrop: each.owner !== "not",
    };
  });

describe("the target", () => {
  const allows = (scan: DumpScan, contents: readonly TargetObject[]): boolean => {
    const { manifest, selection } = asArchive(scan, NO_OWNERSHIP);
    return targetAllows(manifest, selection, { contents, extensions: [] });
  };
  const replacedBy = (scan: DumpScan, contents: readonly TargetObject[]) => {
    const { manifest, selection } = asArchive(scan, NO_OWNERSHIP);
    const { replaced, blocked } = replacement(manifest, selection, contents);
    return { replaced, blocked };
  };

  test("is as the head decides, whatever the rest creates", () => {
    fc.assert(
      fc.property(
        fc.array(dumped, { maxLength: 4 }),
        fc.array(dumped, { maxLength: 4 }),
        fc.array(held, { maxLength: 4 }),
        (head, rest, contents) => {
          fc.pre(allows(scanOf(head), contents));
          expect(replacedBy(scanOf([...head, ...rest]), contents)).toEqual(
            replacedBy(scanOf(head), contents),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("is empty, or holds a sequence of an extension", () => {
    const { manifest, selection } = asArchive(scanOf([]), NO_OWNERSHIP);
    const extension = { name: "e", schema: "public", configuration: [] };
    for (const [extensions, expected] of [
      [[], true],
      [[{ ...extension, hasSequences: false }], true],
      [[{ ...extension, hasSequences: true }], false],
    ] as const)
      expect(targetAllows(manifest, selection, { contents: [], extensions })).toBe(expected);
  });
});
