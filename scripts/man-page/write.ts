/** Writes the manual page: `tsx scripts/man-page/write.ts FOLDER`. A step of `npm run build`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createProgram } from "../../src/cli/program.ts";
import { manPage } from "./man-page.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("name the folder to write the manual page into");
const documentation = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
mkdirSync(folder, { recursive: true });
const page = manPage(
  createProgram({}, async () => {}),
  documentation,
);
writeFileSync(join(folder, "nexushub-dump.1"), page);
