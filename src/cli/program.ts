/** The commander program: every command with its options and help. Running it is the task of run.ts. */
import { Command, type OutputConfiguration } from "commander";
import { ownPackage } from "../util/package.ts";
import { COMMANDS } from "./commands.ts";
import { createRegistry, type RunBody } from "./registry.ts";

export function createProgram(output: OutputConfiguration, runBody: RunBody): Command {
  const program = new Command("nexushub-dump")
    .description(
      "Dumps a PostgreSQL database into one archive, and restores it in one transaction.",
    )
    .version(ownPackage().version, "-V, --version");
  const registry = createRegistry(program, output, runBody);
  for (const add of COMMANDS) add(registry);
  return program;
}
