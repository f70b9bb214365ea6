/** Time to start: Node itself, `--version`, importing the library, dumping a schema. */
import { execFileSync, spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import type { Bench } from "./setup.ts";
import { type Figure, figure } from "./stats.ts";

export interface Startup {
  readonly name: string;
  readonly milliseconds: Figure;
  /** The target to stay under; null where there is none. */
  readonly target: number | null;
}

function timed(argv: readonly string[], env: Readonly<Record<string, string>>): number {
  // With it Node 20 reads all certificates when it starts, which takes longer than the start itself.
  const own = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };
  const started = performance.now();
  const { status, stderr } = spawnSync(argv[0]!, argv.slice(1), {
    env: { ...own, ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0) throw new Error(`${argv.join(" ")} failed: ${stderr.toString()}`);
  return performance.now() - started;
}

/** Milliseconds that the import takes, measured by the importing program. */
function importTime(library: string): number {
  const program = `const t = performance.now(); await import(${JSON.stringify(pathToFileURL(library).href)}); console.log(performance.now() - t);`;
  return Number(
    execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" }),
  );
}

export function measureStartup(
  { env, program, library, folder }: Bench,
  database: string,
  rounds: number,
): Startup[] {
  const to = { ...env, PGDATABASE: database };
  const node = process.execPath;
  const cases: readonly [string, number | null, () => number][] = [
    ["node -e 0", null, () => timed([node, "-e", "0"], {})],
    ["nexushub-dump --version", 120, () => timed([node, program, "--version"], {})],
    ["import of the library", 60, () => importTime(library)],
    ["pg_dump -s", null, () => timed(["pg_dump", "-s", "-f", `${folder}/schema.sql`], to)],
    [
      "nexushub-dump dump --schema-only",
      300,
      () => timed([node, program, "dump", "-q", "-s", "-o", `${folder}/schema.tar.gz`], to),
    ],
  ];
  const times = cases.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, [, , run]] of cases.entries()) times[i]!.push(run());
  }
  return cases.map(([name, target], i) => ({ name, milliseconds: figure(times[i]!), target }));
}
