/** Compares the objects and sequences of two manifests. Pure: an object is known by kind, schema and name. */
import type { Manifest, ManifestObject } from "../archive/format/manifest.ts";
import type { DiffResult, SequenceDifference } from "./options.ts";

const OWNERSHIP: ReadonlySet<string> = new Set(["owner"]);
const PRIVILEGES: ReadonlySet<string> = new Set(["privileges", "default-privileges"]);

export interface ObjectsCompared {
  readonly objects: DiffResult["objects"];
  readonly notes: readonly string[];
}

/** What differs between the objects of two archives. Owners and privileges count only when both recorded them. */
export function compareObjects(a: Manifest, b: Manifest): ObjectsCompared {
  const notes: string[] = [];
  const skip = new Set<string>();
  const both = (what: "owner" | "privileges", kinds: ReadonlySet<string>): void => {
    if (a.options[what] === b.options[what]) return;
    for (const kind of kinds) skip.add(kind);
    notes.push(`only one side records ${what === "owner" ? "owners" : "privileges"}: not compared`);
  };
  both("owner", OWNERSHIP);
  both("privileges", PRIVILEGES);
  const [before, after] = [byIdentity(a.objects, skip), byIdentity(b.objects, skip)];
  const lone = (object: ManifestObject) => ({ ...named(object), sql: sqlOf(object) });
  return {
    objects: {
      added: [...after].filter(([id]) => !before.has(id)).map(([, object]) => lone(object)),
      removed: [...before].filter(([id]) => !after.has(id)).map(([, object]) => lone(object)),
      changed: [...before].flatMap(([id, object]) => {
        const other = after.get(id);
        if (other === undefined || sqlOf(object) === sqlOf(other)) return [];
        return [{ ...named(object), before: sqlOf(object), after: sqlOf(other) }];
      }),
    },
    notes,
  };
}

/** What differs between the positions of sequences. */
export function compareSequences(a: Manifest, b: Manifest): SequenceDifference[] {
  const positions = (manifest: Manifest) =>
    new Map(
      manifest.sequences.map((sequence) => [
        JSON.stringify([sequence.namespace, sequence.name]),
        `${sequence.lastValue}, ${sequence.isCalled ? "called" : "not called"}`,
      ]),
    );
  const [before, after] = [positions(a), positions(b)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((id) => before.get(id) !== after.get(id))
    .map((id) => {
      const [namespace, name] = JSON.parse(id) as [string, string];
      return { namespace, name, before: before.get(id) ?? null, after: after.get(id) ?? null };
    });
}

/** Objects by what they are; several with one name (comments on a column and its table) are told apart by their order. */
function byIdentity(
  objects: readonly ManifestObject[],
  skip: ReadonlySet<string>,
): Map<string, ManifestObject> {
  const found = new Map<string, ManifestObject>();
  for (const object of objects) {
    if (skip.has(object.kind)) continue;
    const { kind, namespace, name } = object;
    let id = JSON.stringify([kind, namespace, name]);
    for (let n = 2; found.has(id); n++) id = JSON.stringify([kind, namespace, name, n]);
    found.set(id, object);
  }
  return found;
}

function named({ kind, namespace, name }: ManifestObject) {
  return { kind, namespace, name };
}

function sqlOf({ statements }: ManifestObject): string {
  return statements.map((statement) => `${statement};`).join("\n");
}
