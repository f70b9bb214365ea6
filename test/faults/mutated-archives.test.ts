/**
 * Archives whose manifests were changed at random and sealed anew, so that all checksums are right. Whatever they say, they
 * are accepted or refused with an error of ours, quickly.
 */
import { expect, test } from "vitest";
import { isNexushubDumpError } from "../../src/errors.ts";
import type { Random } from "../../src/nexushub/demo-data/random.ts";
import { inspect } from "../../src/verify/inspect.ts";
import { verify } from "../../src/verify/verify.ts";
import { MemoryStore } from "../support/archives.ts";
import { forge } from "../support/forge.ts";
import { campaign } from "./campaign.ts";

/** The longest that opening and verifying one may take. */
const MAX_MS = 10_000;
const MUTATIONS = campaign("mutated manifests", { gate: 200, full: 100_000, msPerRun: 100 });

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  0,
  2 ** 31,
  2 ** 53,
  1e308,
  "",
  "x",
  "../../etc/passwd",
  "\u0000",
  "\ud800",
  "data/1/1.copy",
  "x".repeat(5000),
  [],
  {},
  [[[[]]]],
  ["a", "a"],
];

interface Place {
  readonly parent: Record<string, unknown>;
  readonly key: string;
}

/** Every field and item below a value. */
function placesIn(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...placesIn(parent[key])]);
}

/** Changes a value in place, one to three times. */
function mutate(manifest: object, random: Random): void {
  for (let times = 1 + random.below(3); times > 0; times--) {
    const places = placesIn(manifest);
    const { parent, key } = places[random.below(places.length)]!;
    const other = places[random.below(places.length)]!;
    switch (random.below(5)) {
      case 0:
        if (Array.isArray(parent)) parent.splice(Number(key), 1);
        else delete parent[key];
        break;
      case 1:
        parent[key] = VALUES[random.below(VALUES.length)];
        break;
      case 2:
        parent[key] = structuredClone(other.parent[other.key]);
        break;
      case 3:
        if (Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)]));
        else parent[`${key}${random.below(3) === 0 ? "" : "x"}`] = parent[key];
        break;
      default:
        if (typeof parent[key] === "number")
          parent[key] += [1, -1, 1000, 2 ** 40][random.below(4)]!;
        else if (Array.isArray(parent[key])) parent[key].reverse();
        else parent[key] = VALUES[random.below(VALUES.length)];
    }
  }
}

/** The code of the error; undefined when the archive is accepted. */
async function outcome(run: Promise<unknown>): Promise<string | undefined> {
  try {
    await run;
    return undefined;
  } catch (error) {
    if (!isNexushubDumpError(error) || error.code === "INTERNAL") throw error;
    return error.code;
  }
}

test(
  "mutated manifests are accepted or refused, and nothing else",
  { timeout: MUTATIONS.timeoutMs },
  async () => {
    const counts: Record<string, number> = {};
    for (let run = 0; run < MUTATIONS.runs; run++) {
      const random = MUTATIONS.random(run);
      const bytes = await forge({
        format: random.below(4) === 0 ? 1 : 2,
        compression: random.below(3) === 0 ? "none" : "gzip:1",
        manifest: (honest) => {
          mutate(honest, random);
          return honest;
        },
      });
      const started = performance.now();
      const opened = await outcome(inspect(new MemoryStore(bytes)));
      const verified = await outcome(verify(new MemoryStore(bytes)));
      expect(performance.now() - started, `run ${run}`).toBeLessThan(MAX_MS);
      // What cannot be opened cannot be verified.
      if (opened !== undefined) expect(verified).toBe(opened);
      const name = verified ?? "accepted";
      counts[name] = (counts[name] ?? 0) + 1;
    }
    MUTATIONS.print(counts);
    expect(counts["ARCHIVE_DAMAGED"]).toBeGreaterThan(MUTATIONS.runs / 2);
  },
);
