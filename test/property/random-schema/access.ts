/** Comments, owners, privileges, default privileges and policies. */
import type { SchemaBuilder, Target } from "./builder.ts";
import { condition } from "./expressions.ts";

export async function addComment(build: SchemaBuilder): Promise<void> {
  if (build.targets.length === 0) return;
  const { word, name, relation } = build.random.pick(build.targets);
  const text = build.random.pick(["'plain'", "'it''s'", "E'two\\nlines\\\\'", "'-- ; $$ \\!'"]);
  await build.run(`COMMENT ON ${word} ${name} IS ${text}`);
  if (relation !== undefined && relation.columns.length > 0 && build.random.chance(0.5))
    await build.run(
      `COMMENT ON COLUMN ${name}.${build.random.pick(relation.columns).name} IS ${text}`,
    );
}

/** Words of targets that have no owner of their own. */
const UNOWNED = new Set(["TRIGGER", "RULE", "CONSTRAINT", "CAST", "INDEX", "POLICY"]);

export async function addOwner(build: SchemaBuilder): Promise<void> {
  const owned = build.targets.filter(({ word }) => !UNOWNED.has(word));
  if (owned.length === 0) return;
  const { word, name } = build.random.pick(owned);
  await build.run(`ALTER ${word} ${name} OWNER TO ${build.role()}`);
}

const PRIVILEGES: Readonly<Record<string, readonly string[]>> = {
  TABLE: ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"],
  SEQUENCE: ["USAGE", "SELECT", "UPDATE"],
  FUNCTION: ["EXECUTE"],
  SCHEMA: ["USAGE", "CREATE"],
  TYPE: ["USAGE"],
  "FOREIGN DATA WRAPPER": ["USAGE"],
  "FOREIGN SERVER": ["USAGE"],
};

/** The word of GRANT for the word of CREATE. */
function grantWord(word: string): string {
  if (/VIEW|TABLE/.test(word)) return "TABLE";
  if (/PROCEDURE|AGGREGATE/.test(word)) return "FUNCTION";
  return word === "SERVER" ? "FOREIGN SERVER" : word === "DOMAIN" ? "TYPE" : word;
}

export async function addGrant(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const granted = build.targets.filter(({ word }) => grantWord(word) in PRIVILEGES);
  if (granted.length === 0) return;
  const target = random.pick(granted);
  const word = grantWord(target.word);
  const privileges = random.chance(0.3) ? "ALL" : build.some(PRIVILEGES[word]!).join(", ");
  const on = `${target.word === "PROCEDURE" ? "PROCEDURE" : word} ${target.name}`;
  if (random.chance(0.25))
    await build.run(
      `REVOKE ${privileges} ON ${on} FROM ${random.pick(["PUBLIC", "CURRENT_USER", build.role()])}`,
    );
  else
    await build.run(
      `GRANT ${privileges} ON ${on} TO ${random.chance(0.2) ? "PUBLIC" : `${build.role()}${build.maybe(0.3, " WITH GRANT OPTION")}`}`,
    );
  await grantColumns(build, target);
}

async function grantColumns(build: SchemaBuilder, { name, relation }: Target): Promise<void> {
  if (relation === undefined || relation.columns.length === 0 || !build.random.chance(0.4)) return;
  const list = build.some(relation.columns, 2).map((column) => column.name);
  await build.run(
    `GRANT ${build.random.pick(["SELECT", "UPDATE", "ALL"])} (${list.join(", ")}) ON ${name} TO ${build.role()}`,
  );
}

export async function addDefaultPrivileges(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const inSchema = build.maybe(0.7, () => ` IN SCHEMA ${random.pick(build.schemas)}`);
  const change = random.pick([
    `GRANT SELECT ON TABLES TO ${build.role()}`,
    `GRANT ALL ON SEQUENCES TO ${build.role()} WITH GRANT OPTION`,
    "REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    `GRANT USAGE ON TYPES TO PUBLIC`,
  ]);
  await build.run(`ALTER DEFAULT PRIVILEGES FOR ROLE ${build.role()}${inSchema} ${change}`);
}

export async function addPolicy(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const table = build.relation("table", "partitioned", "partition");
  if (table === undefined || table.columns.length === 0) return;
  const name = build.name();
  const command = random.pick(["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]);
  const using = command === "INSERT" ? "" : ` USING (${condition(build, table.columns)})`;
  const check = ["SELECT", "DELETE"].includes(command)
    ? ""
    : ` WITH CHECK (${condition(build, table.columns)})`;
  const sub = build.maybe(
    0.2,
    () => `EXISTS (SELECT FROM ${build.random.pick(build.relations).name})`,
  );
  await build.create(
    `CREATE POLICY ${name} ON ${table.name} AS ${random.pick(["PERMISSIVE", "RESTRICTIVE"])} FOR ${command} TO ${random.pick(["PUBLIC", build.role(), `${build.role()}, CURRENT_USER`])}${sub === "" || using === "" ? using : ` USING (${sub})`}${check}`,
    { word: "POLICY", name: `${name} ON ${table.name}` },
  );
  if (random.chance(0.6)) await build.run(`ALTER TABLE ${table.name} ENABLE ROW LEVEL SECURITY`);
}
