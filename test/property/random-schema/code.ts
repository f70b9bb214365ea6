/** Functions, procedures, aggregates, operators, triggers, rules and event triggers. */
import type { Relation, SchemaBuilder } from "./builder.ts";
import { call, condition, sameType } from "./expressions.ts";
import { addComposite, addEnum, addRange } from "./types.ts";

/** `schema.name`, which the server is given as a text. */
const literalText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function attributes(build: SchemaBuilder): string {
  const { random } = build;
  return [
    random.pick(["", " IMMUTABLE", " STABLE"]),
    build.maybe(0.2, " STRICT"),
    build.maybe(0.1, " SECURITY DEFINER"),
    build.maybe(0.1, " LEAKPROOF"),
    build.maybe(0.2, ` PARALLEL ${random.pick(["SAFE", "RESTRICTED"])}`),
    build.maybe(0.2, ` COST ${random.between(1, 900)}`),
    build.maybe(0.1, " SET search_path TO 'pg_catalog', '$user', \"A b\""),
    build.maybe(0.1, " SET work_mem TO '64MB' SET \"DateStyle\" TO 'ISO, DMY'"),
  ].join("");
}

/** A function of one value to one value, which expressions can call. */
export async function addFunction(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const name = build.qualified();
  const result = build.type();
  const count = random.between(0, 3);
  const parameters = Array.from({ length: count }, () => build.type());
  let hasDefault = false;
  const text = parameters.map((type) => {
    hasDefault ||= random.chance(0.25);
    const value = (): string => {
      const calls = build.functions.filter((each) => each.result === type);
      return calls.length > 0 && random.chance(0.5)
        ? call(build, random.pick(calls))
        : build.value(type);
    };
    return `${build.maybe(0.7, () => `${build.name()} `)}${type.sql}${hasDefault ? ` DEFAULT ${value()}` : ""}`;
  });
  const value = random.pick(result.values);
  const body =
    build.major >= 14 && random.chance(0.4)
      ? ` ${random.pick([`RETURN ${value}`, `BEGIN ATOMIC SELECT ${value}; END`, `BEGIN ATOMIC SELECT 1 AS ${build.name()}; SELECT ${value}; END`])}`
      : ` AS $body$ SELECT ${value} $body$`;
  // Immutable, so that indexes and generated columns can call it; the server does not check that.
  const isDone = await build.create(
    `CREATE FUNCTION ${name}(${text.join(", ")}) RETURNS ${result.sql} LANGUAGE sql IMMUTABLE${attributes(build).replace(/ (IMMUTABLE|STABLE)/, "")}${body}`,
    { word: "FUNCTION", name: `${name}(${parameters.map(({ sql }) => sql).join(", ")})` },
  );
  if (isDone) build.functions.push({ name, arguments: parameters, result });
}

/** A function or procedure with arguments in all modes, which nothing calls. */
export async function addRoutine(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const isProcedure = random.chance(0.3);
  const name = build.qualified();
  const modes = isProcedure && build.major < 14 ? ["IN", "INOUT"] : ["IN", "OUT", "INOUT"];
  const parameters = Array.from({ length: random.between(0, 4) }, () => ({
    mode: random.pick(modes),
    type: build.type(),
  }));
  let hasDefault = false;
  const text = parameters.map(({ mode, type }) => {
    if (mode !== "OUT") hasDefault ||= random.chance(0.2);
    return `${mode} ${build.name()} ${type.sql}${hasDefault && mode !== "OUT" ? ` DEFAULT ${build.value(type)}` : ""}`;
  });
  if (random.chance(0.2) && !parameters.some(({ mode }) => mode === "OUT"))
    text.push(`VARIADIC ${build.name()} text[]${hasDefault ? " DEFAULT '{x}'" : ""}`);
  const hasOut = parameters.some(({ mode }) => mode !== "IN");
  const table = build.relation();
  const result =
    isProcedure || hasOut
      ? ""
      : ` RETURNS ${random.pick(["void", "SETOF record", `TABLE (${build.name()} ${build.type().sql}, ${build.name()} text)`, ...(table === undefined ? [] : [table.name, `SETOF ${table.name}`])])}`;
  const body = " LANGUAGE plpgsql AS $$ BEGIN NULL; -- it's '' \\ \nEND $$";
  const signature = parameters.filter(({ mode }) => mode !== "OUT").map(({ type }) => type.sql);
  await build.create(
    `CREATE ${isProcedure ? "PROCEDURE" : "FUNCTION"} ${name}(${text.join(", ")})${result}${isProcedure ? build.maybe(0.2, " SECURITY DEFINER") : attributes(build)}${body}`,
    {
      word: isProcedure ? "PROCEDURE" : "FUNCTION",
      name: `${name}(${[...signature, ...(text.length > parameters.length ? ["text[]"] : [])].join(", ")})`,
    },
  );
}

export async function addTriggerFunction(build: SchemaBuilder): Promise<void> {
  const name = build.qualified();
  const isDone = await build.create(
    `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN COALESCE(NEW, OLD); END $$`,
    { word: "FUNCTION", name: `${name}()` },
  );
  if (isDone) build.triggerFunctions.push(name);
}

export async function addAggregate(build: SchemaBuilder): Promise<void> {
  const name = build.qualified();
  const state = build.type();
  const input = build.type();
  const step = build.qualified();
  await build.run(
    `CREATE FUNCTION ${step}(${state.sql}, ${input.sql}) RETURNS ${state.sql} LANGUAGE sql IMMUTABLE AS 'SELECT $1'`,
  );
  const final = build.qualified();
  await build.run(
    `CREATE FUNCTION ${final}(${state.sql}) RETURNS ${state.sql} LANGUAGE sql IMMUTABLE AS 'SELECT $1'`,
  );
  const form = build.random.pick([
    { signature: input.sql, text: `${build.maybe(0.5, () => `${build.name()} `)}${input.sql}` },
    { signature: `ORDER BY ${input.sql}`, text: `ORDER BY ${build.name()} ${input.sql}` },
  ]);
  const options = [
    `SFUNC = ${step}`,
    `STYPE = ${state.sql}`,
    ...(build.random.chance(0.5)
      ? [
          `FINALFUNC = ${final}`,
          `FINALFUNC_MODIFY = ${build.random.pick(["READ_ONLY", "SHAREABLE", "READ_WRITE"])}`,
        ]
      : []),
    ...(build.random.chance(0.3) ? ["SSPACE = 64"] : []),
    ...(build.random.chance(0.3) ? ["PARALLEL = SAFE"] : []),
    ...(build.random.chance(0.3) ? [`COMBINEFUNC = ${build.qualified()}`] : []),
  ].slice(0, 6);
  await build.create(`CREATE AGGREGATE ${name}(${form.text}) (${options.join(", ")})`, {
    word: "AGGREGATE",
    name: `${name}(${form.signature})`,
  });
}

export async function addOperator(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const unary = build.functions.filter((each) => each.arguments.length === 1);
  const binary = build.functions.filter((each) => each.arguments.length === 2);
  const candidates = [...unary, ...binary];
  if (candidates.length === 0) return;
  const chosen = random.pick(candidates);
  const name = `${random.pick(build.schemas)}.${random.pick(["+", "<=>", "@@@", "##", "~~>", "-|-", "!=-"])}`;
  const [left, right] =
    chosen.arguments.length === 2 ? chosen.arguments : [undefined, chosen.arguments[0]];
  const options = [
    `FUNCTION = ${chosen.name}`,
    ...(left === undefined ? [] : [`LEFTARG = ${left.sql}`]),
    `RIGHTARG = ${right!.sql}`,
    ...(left !== undefined && left === right && random.chance(0.3)
      ? [`COMMUTATOR = OPERATOR(${name})`]
      : []),
    ...(left !== undefined && left === right && random.chance(0.3)
      ? [`NEGATOR = OPERATOR(${random.pick(build.schemas)}.!!${random.pick(["", "!"])})`]
      : []),
  ];
  await build.create(`CREATE OPERATOR ${name} (${options.join(", ")})`, {
    word: "OPERATOR",
    name: `${name} (${left?.sql ?? "NONE"}, ${right!.sql})`,
  });
}

/**
 * A cast of a new type. An index, a rule or a policy that is older than a cast of its types would be restored with it: they
 * come after the rows, for which casts must be there.
 */
export async function addCast(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const known = build.types.length;
  await random.pick([addEnum, addComposite, addRange])(build);
  const from = build.types[known];
  if (from === undefined) return;
  const name = build.qualified();
  const result = build.type();
  const isDone = await build.create(
    `CREATE FUNCTION ${name}(${from.sql}) RETURNS ${result.sql} LANGUAGE sql IMMUTABLE AS $body$ SELECT ${random.pick(result.values)} $body$`,
    { word: "FUNCTION", name: `${name}(${from.sql})` },
  );
  if (!isDone) return;
  build.functions.push({ name, arguments: [from], result });
  await build.create(
    `CREATE CAST (${from.sql} AS ${result.sql}) WITH FUNCTION ${name}(${from.sql})${build.maybe(0.3, " AS ASSIGNMENT")}`,
    { word: "CAST", name: `(${from.sql} AS ${result.sql})` },
  );
}

export async function addTrigger(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const relation = build.relation("table", "partitioned", "partition", "view", "foreign");
  if (relation === undefined || build.triggerFunctions.length === 0) return;
  const name = build.name();
  const what = `EXECUTE FUNCTION ${random.pick(build.triggerFunctions)}(${build.maybe(0.3, "'it''s', 'b\\n'")})`;
  const head = triggerHead(build, relation);
  const isDone = await build.create(`CREATE ${head.prefix}TRIGGER ${name} ${head.text} ${what}`, {
    word: "TRIGGER",
    name: `${name} ON ${relation.name}`,
  });
  if (isDone && relation.kind !== "view" && random.chance(0.2))
    await build.run(
      `ALTER TABLE ${build.maybe(0.3, "ONLY ")}${relation.name} ${random.pick(["DISABLE", "ENABLE ALWAYS", "ENABLE REPLICA"])} TRIGGER ${name}`,
    );
}

function triggerHead(
  build: SchemaBuilder,
  { kind, name, columns }: Relation,
): { prefix: string; text: string } {
  const { random } = build;
  const on = `ON ${name}`;
  if (kind === "view")
    return {
      prefix: "",
      text: `INSTEAD OF ${random.pick(["INSERT", "UPDATE", "DELETE"])} ${on} FOR EACH ROW`,
    };
  const column = columns.length === 0 ? undefined : random.pick(columns);
  const when = (row: string): string =>
    column === undefined
      ? ""
      : build.maybe(
          0.5,
          () => ` WHEN (${condition(build, [{ ...column, name: `${row}.${column.name}` }], 1)})`,
        );
  return random.pick([
    { prefix: "", text: `BEFORE INSERT OR DELETE ${on} FOR EACH ROW` },
    {
      prefix: "",
      text: `BEFORE UPDATE${column === undefined ? "" : build.maybe(0.5, ` OF ${column.name}`)} ${on} FOR EACH ROW${when("new")}`,
    },
    { prefix: "", text: `AFTER DELETE ${on} FOR EACH ROW${when("old")}` },
    { prefix: "", text: `AFTER TRUNCATE ${on} FOR EACH STATEMENT` },
    {
      prefix: "",
      text: `AFTER UPDATE ${on} REFERENCING OLD TABLE AS ${build.name()} NEW TABLE AS "new t" FOR EACH ${random.pick(["ROW", "STATEMENT"])}`,
    },
    {
      prefix: "CONSTRAINT ",
      text: `AFTER INSERT OR UPDATE ${on} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW${when("new")}`,
    },
  ]);
}

export async function addRule(build: SchemaBuilder): Promise<void> {
  const { random } = build;
  const relation = build.relation("table", "view", "partitioned");
  const other = build.relation("table");
  if (relation === undefined || other === undefined || other.columns.length === 0) return;
  const name = build.name();
  const event = random.pick(["INSERT", "UPDATE", "DELETE"]);
  const row = event === "DELETE" ? "old" : "new";
  const column = relation.columns.length === 0 ? undefined : random.pick(relation.columns);
  const where =
    column === undefined
      ? ""
      : build.maybe(
          0.3,
          () => ` WHERE ${condition(build, [{ ...column, name: `${row}.${column.name}` }], 1)}`,
        );
  const target = random.pick(other.columns);
  const actions = [
    "NOTHING",
    `DELETE FROM ${other.name} WHERE ${condition(build, [{ ...target, name: `${other.name}.${target.name}` }], 1)}`,
    `UPDATE ${other.name} SET ${target.name} = ${sameType(build, target, 1)}`,
    `INSERT INTO ${other.name} (${target.name}) VALUES (${random.pick(target.type.values)})`,
    `(INSERT INTO ${other.name} DEFAULT VALUES; NOTIFY ${build.name()})`,
    `NOTIFY ${build.name()}, 'it''s'`,
  ];
  const isDone = await build.create(
    `CREATE RULE ${name} AS ON ${event} TO ${relation.name}${where} DO ${random.pick(["ALSO", "INSTEAD"])} ${random.pick(actions)}`,
    { word: "RULE", name: `${name} ON ${relation.name}` },
  );
  if (isDone && random.chance(0.2))
    await build.run(
      `ALTER TABLE ${relation.name} ${random.pick(["DISABLE", "ENABLE ALWAYS"])} RULE ${name}`,
    );
}

export async function addEventTrigger(build: SchemaBuilder): Promise<void> {
  const handler = build.qualified();
  const name = build.uniqueName();
  await build.run(
    `CREATE FUNCTION ${handler}() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$`,
  );
  const tags = build.maybe(0.4, " WHEN TAG IN ('CREATE TABLE', 'DROP TABLE')");
  await build.create(
    `CREATE EVENT TRIGGER ${name} ON ${build.random.pick(["ddl_command_end", "sql_drop"])}${tags} EXECUTE FUNCTION ${handler}()`,
    { word: "EVENT TRIGGER", name },
  );
  if (build.random.chance(0.3))
    await build.run(
      `ALTER EVENT TRIGGER ${name} ${build.random.pick(["DISABLE", "ENABLE ALWAYS"])}`,
    );
}

/** A large object with some contents. */
export async function addLargeObject(build: SchemaBuilder): Promise<void> {
  await build.run(
    `SELECT lo_from_bytea(0, ${literalText(`\\x${"ab".repeat(build.random.between(0, 40))}`)})`,
  );
}
