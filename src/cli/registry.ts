/** Registers commands with commander, without knowing which commands there are. */
import type { Command, OutputConfiguration } from "commander";
import { applyConfig } from "./config-options.ts";
import { helpConfiguration } from "./help-headings.ts";
import { addCommon, type Body, type CommonOptions, type Registry } from "./command.ts";

/** Called when a command line is valid, with what it asks for. */
export type RunBody = <Options>(
  load: () => Promise<Body<Options>>,
  options: Options & CommonOptions,
  operands: (string | undefined)[],
) => Promise<void>;

/** Nothing that commander writes is shown: errors are reported in other words. */
export const SILENT = { writeOut: () => {}, writeErr: () => {}, outputError: () => {} };

export function createRegistry(
  program: Command,
  output: OutputConfiguration,
  runBody: RunBody,
): Registry {
  program.exitOverride().configureOutput(output).configureHelp(helpConfiguration);
  return {
    command: (name) => program.command(name).exitOverride().configureOutput(output),
    run: <Options>(command: Command, load: () => Promise<Body<Options>>) =>
      addCommon(command).action(async (...args: unknown[]) => {
        // Commander adds the options and the command after the operands; the last operand may be a list.
        const named = args.slice(0, -2).flat() as (string | undefined)[];
        const operands = await applyConfig(command, named);
        await runBody(load, command.opts<Options & CommonOptions>(), operands);
      }),
  };
}
