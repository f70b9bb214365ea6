/** The argument and the options of commands that look at a folder of backups. */
import type { Command } from "commander";
import { collect, timeSpan } from "./option-values.ts";
import { underHeading } from "./help-headings.ts";

/** `[dir]`; what the configuration says stands in its place when it is left out. */
export function addFolder(command: Command): Command {
  return command.argument("[dir]", "folder of the backups (default: that of backup)");
}

/** `--identity`, for commands that show the facts of backups. */
export function addFactsIdentity(command: Command): Command {
  return underHeading(command, "Decryption options:", () =>
    command.option(
      "--identity <file>",
      "file with an age identity that opens encrypted backups of which nothing is recorded (repeatable)",
      collect,
    ),
  );
}

export function addMaxDrillAge(command: Command): Command {
  return command.option(
    "--max-drill-age <time>",
    "maximum age of the last drill that passed: 30d (default: 100d)",
    timeSpan,
  );
}
