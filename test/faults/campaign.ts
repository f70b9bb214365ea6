/**
 * How often the tests of this folder repeat: a few times in the quick gate, and as often as promised with
 * `npm run test:faults`. Each prints what it counted.
 */
import { Random } from "../../src/nexushub/demo-data/random.ts";

export interface Campaign {
  readonly name: string;
  readonly runs: number;
  /** For the test itself. */
  readonly timeoutMs: number;
  /** The random choices of one run; the same for the same seed, name and run. */
  random(run: number): Random;
  /** Writes one line with the counts, also where the test runner hides the output of tests that pass. */
  print(counts: Readonly<Record<string, number>>): void;
}

export interface CampaignSize {
  /** Runs in the quick gate. */
  readonly gate: number;
  /** Runs with `npm run test:faults`. */
  readonly full: number;
  /** The longest that one run may take on average. */
  readonly msPerRun: number;
}

/** `full`, or a number of runs for every test, or nothing for the quick gate. */
const ASKED = process.env["NEXUSHUB_DUMP_FAULTS"] ?? "";
const SEED = process.env["NEXUSHUB_DUMP_FAULTS_SEED"] ?? "1";
const START_MS = 60_000;

export function campaign(name: string, { gate, full, msPerRun }: CampaignSize): Campaign {
  const runs = ASKED === "" ? gate : ASKED === "full" ? full : Number(ASKED);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error("NEXUSHUB_DUMP_FAULTS is neither full nor a number of runs");
  return {
    name,
    runs,
    timeoutMs: START_MS + runs * msPerRun,
    random: (run) => new Random(`${SEED} ${name} ${run}`),
    print(counts) {
      const words = Object.entries(counts).map(([what, count]) => `${what} ${count}`);
      process.stderr.write(`faults: ${name}: runs ${runs}, ${words.join(", ")}\n`);
    },
  };
}
