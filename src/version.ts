/** The version of this package, from its own package.json: one place to change it. */
import { readFileSync } from "node:fs";

let version: string | undefined;

/** As in `0.1.0`. Read once, and only when somebody asks. */
export function toolVersion(): string {
  if (version === undefined) {
    const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
    version = (JSON.parse(text) as { version: string }).version;
  }
  return version;
}
