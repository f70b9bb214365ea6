/** The options by which a dump and a restore leave out tables, and take them with their children. */
import type { Command } from "commander";
import { collect } from "./option-values.ts";

export function addTablePatterns(command: Command): Command {
  return command
    .option("-T, --exclude-table <pattern>", "leave out these relations (repeatable)", collect)
    .option(
      "--exclude-table-data <pattern>",
      "leave out the rows of these relations (repeatable)",
      collect,
    )
    .option(
      "--table-and-children <pattern>",
      "like --table, with partitions and tables that inherit (repeatable)",
      collect,
    )
    .option(
      "--exclude-table-and-children <pattern>",
      "like --exclude-table, with partitions and tables that inherit (repeatable)",
      collect,
    )
    .option(
      "--exclude-table-data-and-children <pattern>",
      "like --exclude-table-data, with partitions and tables that inherit (repeatable)",
      collect,
    )
    .option("--no-unlogged-table-data", "leave out the rows of unlogged tables");
}
