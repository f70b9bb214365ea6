/** The commander program: commands with their options and help. Running it is the task of run.ts. */
import { Command, type OutputConfiguration } from "commander";
import { ownPackage } from "../util/package.ts";
import { addCommands } from "./commands.ts";
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
  addCommands(program, createRegistry(program, output, runBody), name);
  return program.helpCommand("help [command]", "show the help of a command");
}
