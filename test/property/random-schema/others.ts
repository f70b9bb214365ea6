/** Schemas, collations, text search, foreign servers and publications. */
import type { SchemaBuilder } from "./builder.ts";
import { condition } from "./expressions.ts";
import { addForeignTable } from "./relations.ts";

export async function addSchema(build: SchemaBuilder): Promise<void> {
  const name = build.uniqueName();
  if (await build.create(`CREATE SCHEMA ${name}`, { word: "SCHEMA", name }))
    build.schemas.push(name);
}

export async function addCollation(build: SchemaBuilder): Promise<void> {
  const name = build.qualified();
  const options = build.random.pick([
    `(LOCALE = 'C')`,
    "(PROVIDER = libc, LC_COLLATE = 'C', LC_CTYPE = 'POSIX')",
    'FROM "C"',
    "(PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false)",
    "(PROVIDER = builtin, LOCALE = 'C')",
  ]);
  const isDone = await build.create(`CREATE COLLATION ${name} ${options}`, {
    word: "COLLATION",
    name,
  });
  if (isDone && !options.includes("DETERMINISTIC")) build.collations.push(name);
}

export async function addTextSearch(build: SchemaBuilder): Promise<void> {
  const dictionary = build.qualified();
  const options = build.random.pick([
    "TEMPLATE = pg_catalog.simple",
    "TEMPLATE = snowball, Language = english, StopWords = english",
    "TEMPLATE = pg_catalog.simple, \"accept\" = 'false'",
  ]);
  await build.create(`CREATE TEXT SEARCH DICTIONARY ${dictionary} (${options})`, {
    word: "TEXT SEARCH DICTIONARY",
    name: dictionary,
  });
  const configuration = build.qualified();
  const isDone = await build.create(
    `CREATE TEXT SEARCH CONFIGURATION ${configuration} (${build.random.pick(["COPY = pg_catalog.english", 'PARSER = pg_catalog."default"'])})`,
    { word: "TEXT SEARCH CONFIGURATION", name: configuration },
  );
  if (isDone)
    await build.run(
      `ALTER TEXT SEARCH CONFIGURATION ${configuration} ${build.random.pick(["ADD", "ALTER"])} MAPPING FOR asciiword, "int" WITH ${dictionary}, pg_catalog.simple`,
    );
}

export async function addForeignServer(build: SchemaBuilder): Promise<void> {
  const [wrapper, server] = [build.uniqueName(), build.uniqueName()];
  const options = build.maybe(0.5, " OPTIONS (\"a b\" 'it''s', c '')");
  if (
    !(await build.create(`CREATE FOREIGN DATA WRAPPER ${wrapper}${options}`, {
      word: "FOREIGN DATA WRAPPER",
      name: wrapper,
    }))
  )
    return;
  if (
    !(await build.create(
      `CREATE SERVER ${server}${build.maybe(0.3, " TYPE 't''t'")}${build.maybe(0.3, " VERSION '1\"'")} FOREIGN DATA WRAPPER ${wrapper}${options}`,
      { word: "SERVER", name: server },
    ))
  )
    return;
  await build.run(
    `CREATE USER MAPPING FOR ${build.random.pick(["PUBLIC", "CURRENT_USER", build.role()])} SERVER ${server} OPTIONS (password 'se''cret')`,
  );
  for (let left = build.random.between(1, 2); left > 0; left--)
    await addForeignTable(build, server);
}

export async function addPublication(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const name = build.uniqueName();
  const tables = build.some(
    build.relations.filter(({ kind }) => kind === "table" || kind === "partitioned"),
    3,
  );
  const list = tables.map((table) => {
    const columns =
      build.major >= 15 && table.columns.length > 0
        ? build.maybe(
            0.3,
            () =>
              ` (${build
                .some(table.columns, 2)
                .map((column) => column.name)
                .join(", ")})`,
          )
        : "";
    const where =
      build.major >= 15 && table.columns.length > 0
        ? build.maybe(0.3, () => ` WHERE (${condition(build, table.columns, 1)})`)
        : "";
    return `${build.maybe(0.3, "ONLY ")}${table.name}${columns}${where}`;
  });
  const what = random.pick([
    "",
    " FOR ALL TABLES",
    ...(list.length > 0 ? [` FOR TABLE ${list.join(", ")}`, ` FOR TABLE ${list.join(", ")}`] : []),
    ...(build.major >= 15 ? [` FOR TABLES IN SCHEMA ${random.pick(build.schemas)}`] : []),
  ]);
  const options = build.maybe(
    0.4,
    ` WITH (publish = '${build.some(["insert", "update", "delete", "truncate"]).join(", ")}'${build.maybe(0.5, ", publish_via_partition_root = true")})`,
  );
  await build.create(`CREATE PUBLICATION ${name}${what}${options}`, { word: "PUBLICATION", name });
}

/** What only experts create: an access method, a language, a conversion, a family of operators. */
export async function addRarity(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const name = build.uniqueName();
  const qualified = build.qualified();
  const [word, on, sql] = random.pick([
    ["ACCESS METHOD", name, `CREATE ACCESS METHOD ${name} TYPE TABLE HANDLER heap_tableam_handler`],
    ["ACCESS METHOD", name, `CREATE ACCESS METHOD ${name} TYPE INDEX HANDLER bthandler`],
    [
      "LANGUAGE",
      name,
      `CREATE ${build.maybe(0.5, "TRUSTED ")}LANGUAGE ${name} HANDLER plpgsql_call_handler${build.maybe(0.5, " INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator")}`,
    ],
    [
      "CONVERSION",
      qualified,
      `CREATE ${build.maybe(0.3, "DEFAULT ")}CONVERSION ${qualified} FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8`,
    ],
    [
      "OPERATOR FAMILY",
      `${qualified} USING btree`,
      `CREATE OPERATOR FAMILY ${qualified} USING btree`,
    ],
  ] as const);
  if (!(await build.create(sql, { word, name: on }))) return;
  if (word === "OPERATOR FAMILY")
    await build.run(
      `ALTER OPERATOR FAMILY ${on} ADD OPERATOR 1 < (int4, int8), OPERATOR 3 = (int4, int8), FUNCTION 1 (int4, int8) btint48cmp(int4, int8)`,
    );
  const table = build.relation("table");
  if (word === "ACCESS METHOD" && table !== undefined && build.major >= 15)
    await build.run(`ALTER TABLE ${table.name} SET ACCESS METHOD ${name}`);
}
