/** A temporary folder for one test, as open as the system's own. */
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemporaryFolder {
  readonly path: string;
  remove(): void;
  /** Kills the supervisor of a server whose folder is given, with SIGKILL. */
  killSupervisor(folder: string): void;
}

export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(realpathSync(tmpdir()), "nhd-"));
  chmodSync(path, 0o1777);
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true }),
    killSupervisor: (folder) =>
      void process.kill(
        Number.parseInt(readFileSync(join(folder, "owner"), "utf8"), 10),
        "SIGKILL",
      ),
  };
}
