/** The body of `config`. */
import { stat } from "node:fs/promises";
import { Command } from "commander";
import { UsageError } from "../../errors.ts";
import { CONFIG_FILE, readConfig } from "../../nexushub/config/read-config.ts";
import { SAMPLE_CONFIG } from "../../nexushub/config/sample.ts";
import { replaceFile } from "../../util/atomic-file.ts";
import { outputError } from "../../util/output-error.ts";
import type { Body } from "../command.ts";
import { setOptions } from "../config-options.ts";
import { DONE } from "../exit-codes.ts";
import { createRegistry, SILENT } from "../registry.ts";
import { addBackup } from "./backup.ts";
import { addDoctor } from "./doctor.ts";
import { addDrill } from "./drill.ts";
import { addList } from "./list.ts";
import { addPrune } from "./prune.ts";
import { addVerify } from "./verify.ts";

/** URLs of pings are secrets. */
const MODE = 0o600;

export const configRun: Body<object> = async ({ console }, _options, action, file) => {
  const path = file ?? CONFIG_FILE;
  if (action === "init") {
    await writeSample(path);
    console.result({ path, action }, `wrote ${path}: remove the # before what you want to set`);
    return DONE;
  }
  const read = await readConfig(path);
  const program = new Command();
  const registry = createRegistry(program, SILENT, async () => {});
  for (const add of [addBackup, addDoctor, addDrill, addList, addPrune, addVerify]) add(registry);
  for (const command of program.commands) await setOptions(command, read!);
  console.result({ path, action }, `${path} is valid`);
  return DONE;
};

async function writeSample(path: string): Promise<void> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists)
    throw new UsageError(`${path} exists already: nothing was written`, {
      object: path,
      hint: "name another file, and compare the two",
    });
  await replaceFile(path, SAMPLE_CONFIG, MODE).catch((error: unknown) => {
    throw outputError(error, path);
  });
}
