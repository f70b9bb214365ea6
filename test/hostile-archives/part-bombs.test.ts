/** Small archives with entries that would fill the memory. Each is refused before it is inflated as a whole. */
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startCli } from "../support/cli.ts";
import { forge } from "../support/forge.ts";
import { freshDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const BYTES = 256 * 1024 * 1024;
const ROW = `1\t${"a".repeat(1021)}\n`;
const MOST_BYTES = 256 * 1024 * 1024;

/** Runs the program, and looks every few milliseconds how much memory it has taken at most. */
async function peakOf(
  args: readonly string[],
): Promise<{ code: number | null; stderr: string; peak: number }> {
  const { process: child, finished } = startCli([...args]);
  let peak = 0;
  const look = setInterval(() => {
    const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
    peak = Math.max(peak, 1024 * Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0));
  }, 5);
  child.once("exit", () => clearInterval(look));
  const { code, stderr } = await finished;
  clearInterval(look);
  return { code, stderr, peak };
}

test.skipIf(!existsSync("/proc/self/status"))(
  "rows whose checksum is wrong, in verify and in a restore",
  async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const archive = join(folder.path, "bomb.tar.gz");
    const bytes = await forge({
      compression: "gzip:1",
      entries: [{ name: "data/1/1.copy", body: Buffer.alloc(BYTES, ROW) }],
      manifest: (honest) => {
        const [relation] = honest.relations;
        const parts = relation!.parts.map((part) => ({ ...part, sha256: "0".repeat(64) }));
        return { ...honest, relations: [{ ...relation, parts }] };
      },
    });
    expect(bytes.length).toBeLessThan(4_000_000);
    await writeFile(archive, bytes);
    const database = await freshDatabase();
    onTestFinished(() => database.drop());
    await database.query("CREATE TABLE public.t (a int, b text)");
    const restore = ["restore", archive, "--data-only", "-d", database.url];
    for (const args of [["verify", archive], restore]) {
      const { code, stderr, peak } = await peakOf(args);
      expect(stderr).toContain("data/1/1.copy is damaged: the checksum of its rows differs");
      expect(code).toBe(4);
      expect(peak).toBeGreaterThan(0);
      expect(peak).toBeLessThan(MOST_BYTES);
    }
  },
  120_000,
);
