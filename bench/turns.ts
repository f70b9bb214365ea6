/** Runs contenders in turn, round after round, so that other work on the machine affects all of them alike. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { type Run, type Sample, measure } from "./measure.ts";
import { type Summary, summary } from "./stats.ts";

export interface Contender {
  readonly name: string;
  readonly run: Run;
  /** Before each measurement, not measured. */
  readonly before?: () => Promise<void>;
  /** After each measurement, even a failed one; not measured. */
  readonly after?: () => Promise<void>;
}

export interface TurnOptions {
  readonly rounds: number;
  readonly postmaster: number;
  readonly log: (line: string) => void;
}

export async function inTurn(
  contenders: readonly Contender[],
  { rounds, postmaster, log }: TurnOptions,
): Promise<Summary[]> {
  const samples = new Map<Contender, Sample[]>(contenders.map((each) => [each, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const contender of contenders) {
      await contender.before?.();
      // What the preparation wrote is on the disk before anything is measured that waits for it.
      execFileSync("sync");
      try {
        const sample = await measure(contender.run, postmaster);
        samples.get(contender)!.push(sample);
        log(`${round}/${rounds} ${contender.name.padEnd(34)} ${line(sample)}`);
      } finally {
        const { output } = contender.run;
        if (output !== undefined) rmSync(output, { recursive: true, force: true });
        await contender.after?.();
      }
    }
  }
  return contenders.map((contender) => summary(contender.name, samples.get(contender)!));
}

function line({ seconds, clientCpu, serverCpu, peakMiB, bytes }: Sample): string {
  const size = bytes === 0 ? "" : `, ${(bytes / 1e6).toFixed(1)} MB`;
  return `${seconds.toFixed(2)} s, CPU ${clientCpu.toFixed(1)} s + server ${serverCpu.toFixed(1)} s, ${peakMiB.toFixed(0)} MiB${size}`;
}
