import { describe, expect, test } from "vitest";
import type { Manifest } from "../../../../src/archive/format/manifest.ts";
import { CATALOG } from "../../../../src/catalog/address.ts";
import { serverVersion } from "../../../../src/catalog/version.ts";
import { planRestore, type RestoreDecision } from "../../../../src/restore/decide/plan.ts";
import { refusalError, refusalsError } from "../../../../src/restore/decide/refusal.ts";
import { neededFacts } from "../../../../src/restore/decide/scope.ts";
import { selectFromArchive } from "../../../../src/restore/decide/selection.ts";
import { restoreSettings } from "../../../../src/restore/defaults.ts";
import type { RestoreOptions } from "../../../../src/restore/options.ts";
import type {
  SessionFacts,
  TargetFacts,
  TargetObject,
} from "../../../../src/restore/target/facts.ts";

const MANIFEST = {
  database: { encoding: "UTF8", serverVersionNum: 160004 },
  options: { owner: false, privileges: false, dataOnly: false, schemaOnly: false, selection: [] },
  roles: ["alice"],
  objects: [
    object(0, "extension", null, "citext"),
    object(1, "table", "public", "users"),
    object(2, "table", "public", "logs"),
    { ...object(3, "index", "public", "users_name"), section: "post-data", requires: [1] },
  ],
  relations: ["users", "logs"].map((name, number) => ({
    number,
    kind: "table",
    namespace: "public",
    name,
    columns: ["id"],
    rows: number,
    bytes: 10,
    parts: [],
    object: number + 1,
  })),
  sequences: [],
  warnings: [],
} as unknown as Manifest;

function object(id: number, kind: string, namespace: string | null, name: string) {
  const common = {
    section: "pre-data",
    statements: [`-- ${id}`],
    features: [],
    accessMethod: null,
    roles: [],
  };
  return { id, kind, namespace, name, requires: [], parent: null, ...common };
}

const SESSION: SessionFacts = {
  isSuperuser: true,
  role: "none",
  isReadCommitted: true,
  isReadOnly: false,
  inRecovery: false,
  encoding: "UTF8",
  sharedBuffersKb: 131072,
  processors: 2,
  hasAutovacuum: true,
  maintenanceWorkMemKb: 65536,
  maxParallelMaintenanceWorkers: 2,
  maxParallelWorkers: 8,
  lockCapacity: 6400,
  lockHolders: 100,
};

const TARGET: TargetFacts = {
  label: "the target",
  version: serverVersion(160004),
  session: SESSION,
  hasLz4: true,
  missingRoles: [],
  roles: null,
  missingExtensions: [],
  extensions: [],
  contents: [],
  dependents: [],
  relations: [],
  foreignKeys: [],
  triggers: [],
  forcedRowSecurity: [],
  filledTables: [],
};

/** A target object of the catalog with this oid. */
function existing(
  type: string,
  catalog: number,
  qualified: string,
  more: Partial<TargetObject> = {},
): TargetObject {
  const [name, namespace = null] = qualified.split(".").reverse() as [string, string?];
  return {
    type,
    namespace,
    identity: qualified,
    slot: null,
    class: catalog,
    oid: 7,
    name,
    holder: null,
    owner: "app",
    isOwn: true,
    mayDrop: true,
    ...more,
  };
}

const USERS_TABLE = existing("table", CATALOG.class, "public.users");
const OTHERS = { owner: "bi", isOwn: false, mayDrop: false };

const USERS = { oid: 7, namespace: "public", name: "users", kind: "r" };
const LOGS = { oid: 8, namespace: "public", name: "logs", kind: "p" };

function decide(
  options: RestoreOptions,
  target: Partial<TargetFacts>,
  manifest: Manifest = MANIFEST,
): RestoreDecision {
  const settings = restoreSettings({ trusted: true, ...options });
  const selection = selectFromArchive(manifest, settings);
  return planRestore(manifest, selection, { ...TARGET, ...target }, settings);
}

function needed(options: RestoreOptions) {
  const settings = restoreSettings(options);
  return neededFacts(MANIFEST, selectFromArchive(MANIFEST, settings), settings);
}

test("a server that nobody tested is a warning, and no refusal", () => {
  const newer = decide({}, { version: serverVersion(190000) });
  expect(newer.refusal).toBeNull();
  expect(newer.warnings.map(({ code }) => code)).toContain("untested-server");
  expect(decide({}, {}).warnings.map(({ code }) => code)).not.toContain("untested-server");
});

describe("neededFacts", () => {
  test("a whole archive needs the database's contents and the roles", () => {
    expect(needed({})).toMatchObject({
      contents: true,
      roles: ["alice"],
      relations: [],
      rows: false,
      triggers: false,
    });
  });

  test("selected tables need the database's contents, too", () => {
    expect(needed({ tables: ["users"] })).toMatchObject({
      contents: true,
      rows: false,
      relations: [],
    });
  });

  test("rows need the tables and, where triggers are disabled, these", () => {
    const facts = needed({ dataOnly: true, disableTriggers: true, role: "bob" });
    expect(facts).toMatchObject({ rows: true, triggers: true, roles: [], role: "bob" });
    expect(facts.relations.map(({ name }) => name)).toEqual(["users", "logs"]);
  });
});

describe("planRestore refuses", () => {
  const table = existing("table", CATALOG.class, "public.old");
  const subscription = existing("subscription", CATALOG.subscription, "sub", { slot: "s" });
  const virtual = {
    code: "virtual-column",
    since: 18,
    description: "a virtual column",
    without: "fails" as const,
  };
  const newer = {
    ...MANIFEST,
    objects: [
      {
        ...MANIFEST.objects[1]!,
        features: [virtual],
        statements: ["CREATE TABLE public.users (a int GENERATED ALWAYS AS (1) VIRTUAL)"],
      },
    ],
  };

  test.each<[string, RestoreDecision, object, string]>([
    [
      "a standby",
      decide({}, { session: { ...SESSION, inRecovery: true, isReadOnly: true } }),
      { reason: "standby" },
      "UNSUPPORTED_SERVER",
    ],
    [
      "a read-only transaction",
      decide({}, { session: { ...SESSION, isReadOnly: true } }),
      { reason: "read-only" },
      "UNSUPPORTED_SERVER",
    ],
    [
      "a server that lacks what the archive needs",
      decide({}, {}, newer),
      { reason: "missing-features" },
      "UNSUPPORTED_SERVER",
    ],
    [
      "missing roles",
      decide({}, { missingRoles: ["alice"] }),
      { reason: "missing-roles", roles: ["alice"] },
      "ROLES_MISSING",
    ],
    [
      "extensions that the server does not have",
      decide({}, { missingExtensions: ["postgis"] }),
      { reason: "missing-extensions", extensions: ["postgis"] },
      "UNSUPPORTED_SERVER",
    ],
    [
      "a database that holds something",
      decide({}, { contents: [table] }),
      { reason: "not-empty", objects: ["table public.old"] },
      "TARGET_NOT_EMPTY",
    ],
    [
      "a subscription with a slot, even with force",
      decide({ force: true }, { contents: [table, subscription] }),
      { reason: "undroppable", objects: ["subscription sub"] },
      "TARGET_NOT_EMPTY",
    ],
    [
      "a selected table that exists",
      decide({ tables: ["users"] }, { contents: [USERS_TABLE, table] }),
      { reason: "not-empty", objects: ["table public.users"] },
      "TARGET_NOT_EMPTY",
    ],
    [
      "a table of another role that the archive needs",
      decide({ force: true }, { contents: [{ ...USERS_TABLE, ...OTHERS }] }),
      { reason: "not-owner", objects: ["table public.users of role bi"] },
      "NOT_OWNER",
    ],
    [
      "a view from outside the archive on a table that would be dropped",
      decide(
        { force: true },
        {
          contents: [USERS_TABLE],
          dependents: [{ label: "view bi.v", onClass: CATALOG.class, onOid: 7 }],
        },
      ),
      { reason: "dependents", objects: ["view bi.v"] },
      "DEPENDENT_OBJECTS",
    ],
    [
      "rows without their tables",
      decide({ dataOnly: true }, { relations: [USERS] }),
      { reason: "missing-tables", tables: ["public.logs"] },
      "MISMATCH",
    ],
    [
      "rows into tables that hold some",
      decide({ dataOnly: true }, { relations: [USERS, LOGS], filledTables: ["public.logs"] }),
      { reason: "not-empty", objects: ["rows in table public.logs"] },
      "TARGET_NOT_EMPTY",
    ],
  ])("%s", (_case, decision, refusal, code) => {
    expect(decision.refusal).toMatchObject(refusal);
    expect(decision.plan).toBeNull();
    expect(refusalError(decision.refusal!, TARGET).code).toBe(code);
  });
});

test("all reasons are in one error", () => {
  const decision = decide(
    {},
    { missingRoles: ["alice"], missingExtensions: ["postgis"], contents: [USERS_TABLE] },
  );
  const error = refusalsError(decision.refusal === null ? [] : decision.refusals, TARGET);
  expect(error).toMatchObject({ code: "UNSUPPORTED_SERVER", object: "extension postgis" });
  for (const name of ["postgis", "alice", "table public.users"])
    expect(error.message).toContain(name);
});

describe("planRestore plans", () => {
  test("a whole archive, with the settings that its login may change", () => {
    const { plan } = decide({}, {});
    expect(plan).toMatchObject({
      drops: [],
      beforeRows: [],
      afterRows: [],
      role: undefined,
      tuned: { maintenanceWorkMemKb: 262144, processes: 2 },
      createLargeObjects: false,
    });
    expect(plan!.settings.map(([name]) => name)).toEqual([
      "maintenance_work_mem",
      "max_parallel_maintenance_workers",
      "session_replication_role",
    ]);
    expect(plan!.preData.map(({ object: { name } }) => name)).toEqual(["citext", "users", "logs"]);
    expect(plan!.postData.map(({ object: { name } }) => name)).toEqual(["users_name"]);
    expect(plan!.analyze.map(({ name }) => name)).toEqual(["logs"]);
    const session = { ...SESSION, isSuperuser: false };
    expect(decide({ tune: false, analyze: false }, { session }).plan).toMatchObject({
      settings: [],
      analyze: [],
      tuned: undefined,
    });
  });

  test("to drop what is there, but no extension and nothing of others", () => {
    const contents = [
      existing("extension", CATALOG.extension, "citext"),
      existing("extension", CATALOG.extension, "hstore"),
      existing("table", CATALOG.class, "public.old"),
      existing("table", CATALOG.class, "bi.report", OTHERS),
      existing("event trigger", CATALOG.eventTrigger, "watch", OTHERS),
    ];
    expect(decide({ force: true }, { contents }).plan).toMatchObject({
      drops: ["DROP TABLE IF EXISTS public.old CASCADE"],
      dropped: ["table public.old"],
    });
    expect(decide({}, { contents: contents.filter(({ isOwn }) => !isOwn) }).refusal).toBeNull();
  });

  test("to drop tables of others in the archive's schemas where the role may, but none elsewhere", () => {
    const may = { owner: "app", isOwn: false, mayDrop: true };
    const contents = [
      existing("table", CATALOG.class, "public.old", may),
      existing("table", CATALOG.class, "auth.users", may),
    ];
    expect(decide({ force: true }, { contents }).plan!.dropped).toEqual(["table public.old"]);
  });

  test("to drop selected tables, and those of an archive that is a part, alone", () => {
    const contents = [USERS_TABLE, existing("table", CATALOG.class, "public.old")];
    const drops = ["DROP TABLE IF EXISTS public.users CASCADE"];
    expect(decide({ tables: ["users"], force: true }, { contents }).plan).toMatchObject({
      drops,
      dropped: ["table public.users"],
    });
    const options = { ...MANIFEST.options, selection: [{ option: "table", pattern: "users" }] };
    const part = { ...MANIFEST, partial: true, options };
    expect(decide({ force: true }, { contents }, part).plan).toMatchObject({ drops });
    // All objects, but not all rows.
    const rows = { ...MANIFEST, partial: true };
    expect(decide({ force: true }, { contents }, rows).plan!.dropped).toHaveLength(2);
  });

  test("to leave alone what exists and belongs to others, with what is said of it", () => {
    const comment = { ...object(4, "comment", null, "EXTENSION citext"), parent: 0 };
    const manifest = { ...MANIFEST, objects: [...MANIFEST.objects, comment] } as Manifest;
    const contents = [existing("extension", CATALOG.extension, "citext", OTHERS)];
    const { plan, warnings } = decide({}, { contents }, manifest);
    expect(plan!.preData.map(({ object: { name } }) => name)).toEqual(["users", "logs"]);
    expect(warnings).toMatchObject([{ code: "existing-object", object: "extension citext" }]);
  });

  test("to keep a schema that holds something else, too", () => {
    const schema = object(5, "schema", null, "app");
    const manifest = { ...MANIFEST, objects: [schema, ...MANIFEST.objects] } as Manifest;
    const contents = [existing("schema", CATALOG.namespace, "app", { oid: 9 })];
    const dependents = [{ label: "extension x", onClass: CATALOG.namespace, onOid: 9 }];
    const { plan } = decide({ force: true }, { contents, dependents }, manifest);
    expect(plan!.drops).toEqual([]);
    expect(plan!.preData.map(({ object: { name } }) => name)).not.toContain("app");
    expect(decide({ force: true }, { contents }, manifest).plan!.drops).toHaveLength(1);
  });

  test("to freeze rows of tables that this transaction creates or truncates, partitioned ones apart", () => {
    const frozen = (options: RestoreOptions, target: Partial<TargetFacts> = {}): boolean[] =>
      decide(options, target).plan!.rows.map(({ sql }) => sql.includes("FREEZE"));
    const relations = [USERS, LOGS];
    expect(frozen({})).toEqual([true, true]);
    expect(frozen({ dataOnly: true }, { relations })).toEqual([false, false]);
    expect(frozen({ dataOnly: true, force: true }, { relations })).toEqual([true, false]);
    expect(frozen({}, { session: { ...SESSION, isReadCommitted: false } })).toEqual([false, false]);
  });

  test("with a warning as a superuser, unless it is known whom the archive comes from", () => {
    const codes = (options: RestoreOptions, isSuperuser: boolean): string[] =>
      decide(options, { session: { ...SESSION, isSuperuser } }).warnings.map(({ code }) => code);
    expect(codes({ trusted: false }, true)).toEqual(["unsigned-archive"]);
    expect(codes({}, true)).toEqual([]);
    expect(codes({ trusted: false }, false)).toEqual([]);
  });

  test("with a warning and a hint where the archive is of a newer server", () => {
    const { plan, warnings } = decide({}, { version: serverVersion(130010) });
    expect(warnings.map(({ code }) => code)).toEqual(["older-server"]);
    expect(plan!.hint).toBe(warnings[0]!.message);
  });
});
