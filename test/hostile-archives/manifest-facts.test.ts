/** Lies about the facts that format 2 records: sections, completeness, keys, units, bases, signatures. */
import { describe, expect, test } from "vitest";
import type {
  Manifest,
  ManifestExtendedStatistics,
  ManifestRelation,
  ManifestRole,
  ManifestStatistics,
  ManifestType,
  ManifestUnits,
} from "../../src/archive/format/manifest.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { MemoryStore } from "../support/archives.ts";
import { type Forgery, forge } from "../support/forge.ts";
import { changed, refusedOnOpening, set } from "./refused.ts";

const SERVER = {
  systemIdentifier: "7300000000000000001",
  databaseOid: 5,
  timeline: 1,
  startedAt: "2026-11-24T03:00:00.123456Z",
  statisticsSince: "2026-11-24T02:00:00.123456Z",
  snapshot: "750:755:750,753",
  walInsertedTo: "0/15D4F80",
  walFlushedTo: "1A/0",
} satisfies Manifest["server"];

const BASE = { sha256: "ab".repeat(32), size: 1000, createdAt: null, fileName: "full.tar.gz" };

const ROLE: ManifestRole = {
  name: "app",
  attributes: ["inherit", "login"],
  connectionLimit: -1,
  validUntil: null,
  password: null,
  comment: null,
  securityLabels: [{ provider: "p", label: "l" }],
  settings: ["work_mem=9MB"],
  databaseSettings: [],
  parameters: [{ name: "log_min_messages", privilege: "SET", grantable: false }],
  memberOf: [{ role: "staff", grantor: null, admin: false, inherit: true, set: null }],
};

const roles = (...definitions: ManifestRole[]): Forgery =>
  changed((manifest) => void (manifest.roleDefinitions = definitions));

const TEXT: ManifestType = { name: "text" };

/** The types of an archive, and of the two columns of its only table. */
const types = (list: ManifestType[], ofColumns: number[] = [0, 0]): Forgery =>
  changed((manifest) => {
    manifest.types = list;
    manifest.relations[0]!.types = ofColumns;
  });

const STATISTICS: ManifestStatistics = {
  object: 1,
  namespace: "public",
  name: "t",
  isIndex: false,
  rows: 2,
  columns: [{ column: "a", inherited: false, values: { null_frac: "0", most_common_vals: "{1}" } }],
};

/** Statistics of a table that the archive creates, in an archive that is not reproducible. */
const statistics = (
  change: (manifest: Manifest, statistics: ManifestStatistics) => void,
): Forgery =>
  changed((manifest) => {
    manifest.options.reproducible = false;
    const own = structuredClone(STATISTICS);
    manifest.objects = [
      {
        id: 1,
        kind: "table",
        namespace: "public",
        name: "t",
        section: "pre-data",
        statements: [],
        requires: [],
        parent: null,
        features: [],
        accessMethod: null,
        roles: [],
      },
    ];
    manifest.statistics = [own];
    change(manifest, own);
  });

const EXTENDED: ManifestExtendedStatistics = {
  object: 2,
  columns: ["a", "b"],
  values: [
    {
      inherited: false,
      n_distinct: [{ attributes: [1, 2, -1], ndistinct: 2 }],
      dependencies: [{ attributes: [-1], dependency: 2, degree: 0.5 }],
      most_common_vals: "{{1,NULL,2}}",
      most_common_freqs: "{0.5}",
      most_common_base_freqs: "{0.25}",
      exprs: [{ null_frac: "0" }],
    },
  ],
};

/** Statistics of a table with a statistics object. */
const extended = (change: (own: ManifestExtendedStatistics, manifest: Manifest) => void): Forgery =>
  statistics((manifest, table) => {
    const own = structuredClone(EXTENDED);
    manifest.objects.push({ ...manifest.objects[0]!, id: 2, kind: "statistics", name: "st" });
    table.extended = [own];
    change(own, manifest);
  });

const UNITS: ManifestUnits = {
  scheme: "tid-hash-xmin-seed",
  seed: "-42",
  blocks: 512,
  oid: 16384,
  filenode: 16_384,
  fingerprint: "cd".repeat(32),
  units: [
    { rows: 2, identity: "123", parts: 1 },
    { rows: 0, identity: "0", parts: 0 },
  ],
};

/** A manifest that records its server, with a change to its only relation, which has one part of two rows. */
function relation(change: (relation: ManifestRelation, manifest: Manifest) => void): Forgery {
  return changed((manifest) => {
    manifest.options.reproducible = false;
    manifest.server = SERVER;
    change(manifest.relations[0]!, manifest);
  });
}

const withUnits = (change: (units: ManifestUnits, relation: ManifestRelation) => void): Forgery =>
  relation((r) => {
    r.units = structuredClone(UNITS);
    change(r.units, r);
  });

test("statistics of several columns are accepted", async () => {
  const { manifest } = await openArchive(new MemoryStore(await forge(extended(() => {}))));
  expect(manifest.statistics?.[0]?.extended).toEqual([EXTENDED]);
});

test("an archive with every fact is accepted", async () => {
  const forgery = relation((r, manifest) => {
    r.units = structuredClone(UNITS);
    r.units.units[1] = { rows: 3, identity: "9", parts: 2 };
    const inBase = { entry: 7, inBase: true, rows: 1, bytes: 4, sha256: "ef".repeat(32) };
    r.parts.push(inBase, { ...inBase, entry: 8, rows: 2 });
    r.rows += 3;
    r.bytes += 8;
    r.primaryKey = ["c", "a"];
    r.generated = ["c"];
    r.loadThrough = { namespace: "public", name: "root" };
    r.masked = [];
    r.types = [2, 3];
    manifest.types = [
      TEXT,
      { name: "public.mood", labels: ["ok", "sad"] },
      { name: "public.pair", attributes: [{ name: "a", type: 1 }] },
      { name: "public.pair[]", arrayOf: 2 },
      { name: "public.word", domainOf: 0 },
      { name: "public.words", rangeOf: 4 },
    ];
    manifest.base = BASE;
    manifest.roleDefinitions = [ROLE];
    manifest.signature = { scheme: "ed25519", keyId: "01".repeat(8), value: "23".repeat(64) };
  });
  const store = new MemoryStore(await forge(forgery));
  const reader = await openArchive(store, { rows: false });
  expect(reader.storedManifest).toEqual(reader.manifest);
  // Its rows cannot be read: those in the base are not here.
  await expect(openArchive(store)).rejects.toMatchObject({
    code: "BASE_MISSING",
    object: "full.tar.gz",
  });
});

describe("facts that contradict others", () => {
  test.each<[string, Forgery, string]>([
    [
      "a part in a base that is not there",
      relation((r) => void (r.parts[0]!.inBase = true)),
      "there is none",
    ],
    [
      "an entry of the base that is two parts",
      relation((r, manifest) => {
        manifest.base = BASE;
        const part = { entry: 7, inBase: true, rows: 1, bytes: 4, sha256: "ef".repeat(32) };
        r.parts.push(part, part);
        r.rows += 2;
        r.bytes += 8;
      }),
      "two parts",
    ],
    [
      "more rows than bytes in the base",
      relation((r, manifest) => {
        manifest.base = BASE;
        r.parts.push({ entry: 7, inBase: true, rows: 5, bytes: 4, sha256: "ef".repeat(32) });
        r.rows += 5;
        r.bytes += 4;
      }),
      "more rows",
    ],
    ["a role twice", roles(ROLE, ROLE), "role app occurs twice"],
    ["a role of the server", roles({ ...ROLE, name: "pg_app" }), "pg_app"],
    ["an unknown attribute", roles({ ...ROLE, attributes: ["root" as "login"] }), "attributes"],
    [
      "statistics of a reproducible archive",
      statistics((manifest) => void (manifest.options.reproducible = true)),
      "reproducible",
    ],
    [
      "statistics of no object",
      statistics((_, own) => void (own.object = 999)),
      "object 999, which is missing",
    ],
    [
      "statistics twice",
      statistics((manifest, own) => void manifest.statistics!.push(own)),
      "occurs twice",
    ],
    [
      "statistics of masked rows",
      statistics((manifest, own) => {
        manifest.partial = true;
        manifest.relations[0]!.object = own.object;
        manifest.relations[0]!.masked = ["a"];
      }),
      "selected or replaced",
    ],
    ["statistics of a table for an object", extended((own) => void (own.object = 1)), "has none"],
    [
      "statistics of a column that is not there",
      extended((own) => void (own.columns = ["a"])),
      "has no column 2",
    ],
    [
      "statistics that depend on none",
      extended((own) => void (own.values[0]!.dependencies![0]!.dependency = 3)),
      "has no column 3",
    ],
    [
      "a column of the number 0",
      extended((own) => void (own.values[0]!.n_distinct![0]!.attributes[0] = 0)),
      "attributes",
    ],
    [
      "text in place of numbers",
      extended((own) => void (own.values[0]!.most_common_freqs = "{x}")),
      "most_common_freqs",
    ],
    ["types of no list", set("relations.0.types", [0, 0]), "there can be none"],
    ["a list of types without the columns'", set("types", [TEXT]), "a type for each column"],
    ["fewer types than columns", types([TEXT], [0]), "a type for each column"],
    ["a type that is missing", types([TEXT], [0, 1]), "type 1, which is missing"],
    ["a type twice", types([TEXT, TEXT]), "type text occurs twice"],
    ["a type of itself", types([{ name: "d", domainOf: 0 }]), "does not come before it"],
    ["a type of a later one", types([{ name: "a", arrayOf: 1 }, TEXT]), "does not come before"],
    [
      "types of each other",
      types([TEXT, { name: "a", attributes: [{ name: "x", type: 2 }] }, { name: "b", rangeOf: 1 }]),
      "type a consists of type 2",
    ],
    ["a type of two kinds", types([{ name: "e", labels: [], attributes: [] }]), "several kinds"],
    ["a key of an unknown column", set("relations.0.primaryKey", ["a", "z"]), "no column z"],
    ["a key with a column twice", set("relations.0.primaryKey", ["a", "a"]), "twice"],
    ["a column stored and generated", set("relations.0.generated", ["b"]), "stored and generated"],
    ["a generated column twice", set("relations.0.generated", ["c", "c"]), "twice"],
    [
      "a mask of an unknown column",
      relation((r, manifest) => {
        r.masked = ["z"];
        manifest.partial = true;
      }),
      "no column z",
    ],
    [
      "a table to be loaded through itself",
      set("relations.0.loadThrough", { namespace: "public", name: "t" }),
      "through itself",
    ],
    [
      "large objects to be loaded through a table",
      relation((r) => {
        r.kind = "large-objects";
        r.loadThrough = { namespace: "public", name: "root" };
      }),
      "only a table",
    ],
    [
      "large objects with a primary key",
      relation((r) => {
        r.kind = "large-objects";
        r.primaryKey = ["a"];
      }),
      "only a table",
    ],
    [
      "a unit with other rows",
      withUnits((u) => void (u.units[0]!.rows = 3)),
      "other rows in unit 0",
    ],
    ["a unit with fewer parts", withUnits((u) => void (u.units = [])), "more parts than its units"],
    ["a unit with more parts", withUnits((u) => void (u.units[1]!.parts = 1)), "fewer parts"],
    [
      "a unit with very many parts",
      withUnits((u) => void (u.units[0]!.parts = 20_000_000)),
      "fewer parts",
    ],
    ["units of large objects", withUnits((_, r) => void (r.kind = "large-objects")), "not a table"],
    ["units of an unknown server", set("relations.0.units", UNITS), "server is not recorded"],
    [
      "units of selected rows",
      relation((r, manifest) => {
        r.units = UNITS;
        r.where = "a > 1";
        manifest.partial = true;
      }),
      "not those of the table",
    ],
    [
      "units of masked rows",
      relation((r, manifest) => {
        r.units = UNITS;
        r.masked = ["a"];
        manifest.partial = true;
      }),
      "not those of the table",
    ],
    ["a section twice", set("options.sections", ["data", "data"]), "twice"],
    ["sections that are not schema-only", set("options.schemaOnly", true), "other sections"],
    ["sections that are not data-only", set("options.dataOnly", true), "other sections"],
    [
      "an object of a section that was not dumped",
      changed((manifest) => {
        manifest.partial = true;
        manifest.options.sections = ["pre-data", "data"];
        manifest.objects = [
          {
            id: 1,
            kind: "index",
            namespace: null,
            name: "i",
            section: "post-data",
            statements: [],
            requires: [],
            parent: null,
            features: [],
            accessMethod: null,
            roles: [],
          },
        ];
      }),
      "post-data, which was not dumped",
    ],
    [
      "rows where no data was dumped",
      changed((manifest) => {
        manifest.partial = true;
        manifest.options.schemaOnly = true;
        manifest.options.sections = ["pre-data", "post-data"];
      }),
      "no data was dumped",
    ],
    [
      "a missing section of a complete archive",
      set("options.sections", ["pre-data", "data"]),
      "complete",
    ],
    [
      "a selection of a complete archive",
      set("options.selection", [{ option: "table", pattern: "a" }]),
      "complete",
    ],
    ["selected rows of a complete archive", set("relations.0.where", "a > 1"), "complete"],
    ["masked values of a complete archive", set("relations.0.masked", ["a"]), "complete"],
    [
      "an object left out of a complete archive",
      set("warnings", [{ code: "unsupported-object", object: "x", message: "x" }]),
      "complete",
    ],
    ["a reproducible archive with a server", set("server", SERVER), "reproducible"],
    ["a reproducible archive with a base", set("base", BASE), "reproducible"],
    [
      "a signature of another length",
      set("signature", { scheme: "ed25519", keyId: "01".repeat(8), value: "23".repeat(32) }),
      "signature",
    ],
  ])("%s", async (_what, forgery, message) => {
    await refusedOnOpening(forgery, "manifest", message);
  });
});

describe("facts of another shape", () => {
  const server = (facts: object): Forgery =>
    changed((manifest) => {
      manifest.options.reproducible = false;
      manifest.server = { ...SERVER, ...facts };
    });

  test.each<[string, Forgery]>([
    ["an unknown purpose", set("purpose", "toy")],
    ["a warning of format 1", set("warnings", ["text"])],
    [
      "a warning's code that is a sentence",
      set("warnings", [{ code: "A b", object: null, message: "" }]),
    ],
    ["a snapshot that is SQL", server({ snapshot: "1:2:'; DROP TABLE t" })],
    ["a position that is none", server({ walInsertedTo: "0/G" })],
    ["a system identifier that is text", server({ systemIdentifier: "abc" })],
    ["a time without microseconds", server({ startedAt: "2026-11-24T03:00:00Z" })],
    ["a base without a digest", set("base", { ...BASE, sha256: "" })],
    ["a base's name that is too long", set("base", { ...BASE, fileName: "x".repeat(256) })],
    [
      "a signature that is not hex",
      set("signature", { scheme: "ed25519", keyId: "01".repeat(8), value: "zz" }),
    ],
    [
      "a feature without a code",
      changed((manifest) => {
        manifest.objects = [
          {
            id: 1,
            kind: "index",
            namespace: null,
            name: "i",
            section: "post-data",
            statements: [],
            requires: [],
            parent: null,
            features: [
              { code: "", since: 15, description: "NULLS NOT DISTINCT", without: "fails" },
            ],
            accessMethod: null,
            roles: [],
          },
        ];
      }),
    ],
    [
      "a fraction that is SQL",
      statistics((_, own) => void (own.columns[0]!.values.null_frac = "0); DROP TABLE t")),
    ],
    [
      "frequencies that are text",
      statistics((_, own) => void (own.columns[0]!.values.most_common_freqs = "{a}")),
    ],
    [
      "statistics of another name",
      statistics((_, own) => void Object.assign(own.columns[0]!.values, { attname: "a" })),
    ],
    ["no section", set("options.sections", [])],
  ])("%s", async (_what, forgery) => refusedOnOpening(forgery, "manifest"));
});

test("a trailer of another format than the manifest", async () => {
  await refusedOnOpening(
    { trailer: (honest) => ({ ...honest, format: 1 }) },
    "manifest",
    "another format",
  );
});
