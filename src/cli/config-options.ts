/** Options that a configuration file sets: those that the command line leaves out. */
import { type Command, InvalidArgumentError, type Option } from "commander";
import type { ReadConfig } from "../nexushub/config/read-config.ts";
import type { ConfigValue } from "../nexushub/config/schema.ts";
import { underHeading } from "./help-headings.ts";

/** Commands whose options the configuration sets. */
const CONFIGURED = new WeakSet<Command>();

export function addConfig(command: Command): Command {
  CONFIGURED.add(command);
  return underHeading(command, "Configuration options:", () =>
    command.option(
      "--config <file>",
      "configuration file (default: /etc/nexushub/dump.toml, if it is there)",
    ),
  );
}

/** Arguments in whose place the folder of the configuration stands, when they are left out. */
const FOLDER_ARGUMENTS: ReadonlySet<string> = new Set(["dir", "file or dir"]);

/**
 * Sets what the command line leaves out, for a command with `addConfig`; `config` is then the file that was read.
 * @returns the operands, with the folder of the configuration.
 * @throws UsageError when the file or a value in it is not valid.
 */
export async function applyConfig(
  command: Command,
  operands: readonly (string | undefined)[],
): Promise<(string | undefined)[]> {
  if (!CONFIGURED.has(command)) return [...operands];
  const { readConfig } = await import("../nexushub/config/read-config.ts");
  const read = await readConfig(command.opts<{ config?: string }>().config);
  if (read === null) return [...operands];
  command.setOptionValueWithSource("config", read.path, "config");
  await setOptions(command, read);
  const isFolder = FOLDER_ARGUMENTS.has(command.registeredArguments[0]?.name() ?? "");
  const [first, ...rest] = operands;
  return isFolder ? [first ?? read.config.folder, ...rest] : [...operands];
}

/** Sets the options of a command as the configuration says. */
export async function setOptions(command: Command, read: ReadConfig): Promise<void> {
  const { configError, lineOf } = await import("../nexushub/config/parse-config.ts");
  const { settingOf } = await import("../nexushub/config/schema.ts");
  for (const option of command.options) {
    const setting = settingOf(read.config, command.name(), keyOf(option));
    const source = command.getOptionValueSource(option.attributeName());
    const isSet = source !== undefined && source !== "default";
    if (setting === undefined || isSet) continue;
    try {
      const value = valueOf(option, setting.value);
      command.setOptionValueWithSource(option.attributeName(), value, "config");
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      const reason = `${setting.path.join(".")}: ${error.message}`;
      throw configError(read.path, lineOf(read.text, setting.path), reason);
    }
  }
}

const keyOf = (option: Option): string => (option.negate ? option.attributeName() : option.name());

/** The option's own parser reads the value, as it would read an argument. */
function valueOf(option: Option, value: ConfigValue): unknown {
  if (typeof value === "boolean") return value;
  const { parseArg } = option;
  if (parseArg === undefined) return typeof value === "object" ? [...value] : String(value);
  if (typeof value !== "object") return parseArg(String(value), undefined);
  return value.reduce<unknown>((before, each) => parseArg(each, before), undefined);
}
