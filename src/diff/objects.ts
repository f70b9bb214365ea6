/** Compares the objects and sequences of two manifests, by kind, schema and name. Pure. */
import type { Manifest } from "../archive/format/manifest.ts";
import { OWNER_KINDS, PRIVILEGE_KINDS } from "../archive/format/ownership.ts";
import { objectLabel } from "../util/label.ts";
import { type Warning, warning } from "../warnings.ts";
import { commonForms } from "./majors/common-forms.ts";
import { comparedRoles } from "./roles.ts";
import { objectWithoutSecrets } from "./secrets.ts";
import type { ComparedObject } from "./compared-object.ts";
import type { DiffResult, SequenceDifference } from "./options.ts";

export interface ObjectsCompared {
  readonly objects: DiffResult["objects"];
  readonly warnings: readonly Warning[];
}

/** Compares objects and the roles that both archives define. Owners and privileges count only when both archives record them. */
export function compareObjects(a: Manifest, b: Manifest): ObjectsCompared {
  const warnings: Warning[] = [];
  const skip = new Set<string>();
  const skipUnlessBoth = (option: "owner" | "privileges", kinds: ReadonlySet<string>): void => {
    if (a.options[option] === b.options[option]) return;
    for (const kind of kinds) skip.add(kind);
    const plural = option === "owner" ? "owners" : "privileges";
    warnings.push(warning("not-compared", null, `only one side records ${plural}: not compared`));
  };
  skipUnlessBoth("owner", OWNER_KINDS);
  skipUnlessBoth("privileges", PRIVILEGE_KINDS);
  const hasRoles = a.roleDefinitions !== undefined && b.roleDefinitions !== undefined;
  if (!hasRoles && a.roleDefinitions !== b.roleDefinitions)
    warnings.push(warning("not-compared", null, "only one side defines roles: not compared"));
  const [rolesBefore, rolesAfter] = hasRoles ? comparedRoles(a, b) : [[], []];
  const [objectsBefore, objectsAfter] = inCommonForm(a, b);
  const [before, after] = [
    byIdentity([...rolesBefore, ...objectsBefore], skip),
    byIdentity([...rolesAfter, ...objectsAfter], skip),
  ];
  const lone = (object: ComparedObject) => ({ ...named(object), sql: shownSql(object) });
  return {
    objects: {
      added: [...after].filter(([id]) => !before.has(id)).map(([, object]) => lone(object)),
      removed: [...before].filter(([id]) => !after.has(id)).map(([, object]) => lone(object)),
      changed: [...before].flatMap(([id, object]) => {
        const counterpart = after.get(id);
        if (counterpart === undefined || sqlOf(object) === sqlOf(counterpart)) return [];
        if (differInPresenceOfSecrets(object, counterpart)) {
          warnings.push(secretsNotCompared(object));
          return [];
        }
        return [{ ...named(object), before: shownSql(object), after: shownSql(counterpart) }];
      }),
    },
    warnings,
  };
}

/** The objects of both; of servers of different majors in the form that both have. */
function inCommonForm(
  a: Manifest,
  b: Manifest,
): [readonly ComparedObject[], readonly ComparedObject[]] {
  const majors = [majorOf(a), majorOf(b)] as const;
  // A reproducible archive does not say its major: what it holds is the same from all.
  if (majors[0] === null || majors[1] === null || majors[0] === majors[1])
    return [a.objects, b.objects];
  return commonForms([a.objects, b.objects], [majors[0], majors[1]]);
}

function majorOf({ database: { serverVersionNum } }: Manifest): number | null {
  return serverVersionNum === null ? null : Math.trunc(serverVersionNum / 10000);
}

/** Compares the positions of sequences. */
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

/** Objects by identity; several of the same name (comments on a column and its table) are distinguished by their order. */
function byIdentity(
  objects: readonly ComparedObject[],
  skip: ReadonlySet<string>,
): Map<string, ComparedObject> {
  const result = new Map<string, ComparedObject>();
  for (const object of objects) {
    if (skip.has(object.kind)) continue;
    const { kind, namespace, name } = object;
    let id = JSON.stringify([kind, namespace, name]);
    for (let n = 2; result.has(id); n++) id = JSON.stringify([kind, namespace, name, n]);
    result.set(id, object);
  }
  return result;
}

function named({ kind, namespace, name }: ComparedObject) {
  return { kind, namespace, name };
}

/** Whether two versions of an object are the same but for secrets that only one of them holds. */
function differInPresenceOfSecrets(a: ComparedObject, b: ComparedObject): boolean {
  const [before, after] = [objectWithoutSecrets(a), objectWithoutSecrets(b)];
  return before.hasSecrets !== after.hasSecrets && sqlOf(before) === sqlOf(after);
}

function secretsNotCompared(object: ComparedObject): Warning {
  const label = objectLabel(object);
  const secrets = object.kind === "user-mapping" ? "options" : "password";
  return warning(
    "not-compared",
    label,
    `only one side holds the ${secrets} of ${label}: not compared`,
  );
}

function shownSql(object: ComparedObject): string {
  return sqlOf({ statements: objectWithoutSecrets(object).shown });
}

function sqlOf({ statements }: Pick<ComparedObject, "statements">): string {
  return statements.map((statement) => `${statement};`).join("\n");
}
