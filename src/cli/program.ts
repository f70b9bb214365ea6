/** The commander program: commands with their options and help. Running it is the task of run.ts. */
import { Command, type OutputConfiguration } from "commander";
import { ownPackage } from "../util/package.ts";
import { commandsFor } from "./commands.ts";
import { createRegistry, type RunBody } from "./registry.ts";

/** @param name the command that is asked for: only it is defined. All of them without a name, or with an unknown one. */
export function createProgram(
  output: OutputConfiguration,
  runBody: RunBody,
  name?: string,
): Command {
  const program = new Command("nexushub-dump")
    .description(
      "Dumps a PostgreSQL database into one archive, and restores it in one transaction.",
    )
    .version(ownPackage().version, "-V, --version");
  const registry = createRegistry(program, output, runBody);
  for (const add of commandsFor(name)) add(registry);
  return program;
}
