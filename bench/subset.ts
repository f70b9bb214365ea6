/** The cost of a sample of a large table, of its restore, and of comparing two states of the table. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Bench, emptyDatabase } from "./setup.ts";
import type { Contender } from "./turns.ts";

const TARGET = "sampled";
/** The connection log is sampled too: nothing refers to it, so it would be dumped completely. */
const SAMPLE = ["audit_log", "connection_logs"].flatMap((table) => [
  "--sample",
  `${table}: newest 1000`,
]);

/** @param database NexusHub's; a hundredth of its audit log is changed between the two states. */
export async function subsetContenders(on: Bench, database: string): Promise<Contender[]> {
  const { env, folder, program } = on;
  const file = (name: string): string => join(folder, `${name}.tar.gz`);
  const [small, before, after] = [file("small"), file("before"), file("after")];
  const us = (command: string, ...more: string[]): string[] =>
    [process.execPath, program, command, "--quiet"].concat(more);
  const dump = (output: string, ...more: string[]): string[] =>
    us("dump", "--reproducible", "--output", output, ...more);
  const make = (argv: readonly string[], from: string): void =>
    void execFileSync(argv[0]!, argv.slice(1), {
      env: { ...process.env, ...env, PGDATABASE: from },
      stdio: ["ignore", "ignore", "inherit"],
    });
  const changed = `${database}_changed`;
  await on.query("postgres", `CREATE DATABASE ${changed} TEMPLATE ${database}`);
  await on.query(changed, "UPDATE audit_log SET result = 'denied' WHERE id % 100 = 0");
  make(dump(small, ...SAMPLE), database);
  make(dump(before), database);
  make(dump(after), changed);

  const contender = (name: string, argv: readonly string[], output?: string): Contender => ({
    name,
    run: {
      argv,
      env: { ...env, PGDATABASE: database },
      ...(output === undefined ? {} : { output }),
    },
  });
  // diff exits with 1 when something differs, as it does here.
  const diff = (name: string, ...sides: string[]): Contender =>
    contender(name, ["sh", "-c", '"$@"; test $? = 1', "sh", ...us("diff", ...sides)]);
  const output = file("again");
  return [
    contender("dump --sample, newest 1000", dump(output, ...SAMPLE), output),
    {
      ...contender("restore of that sample", us("restore", "-d", on.server.urlOf(TARGET), small)),
      before: () => emptyDatabase(on, TARGET),
    },
    diff("diff, two archives", before, after),
    diff("diff, archive and database", before, on.server.urlOf(changed)),
  ];
}
