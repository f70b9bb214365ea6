/** The commands with what a shell can complete of each, read from the commander program. Pure. */
import type { Argument, Command, Option } from "commander";
import { placeholderKind } from "./placeholders.ts";

/** What stands in the place of a value: one of these words, the path of a file or a folder, or any text. */
export type Value =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" | "folder" | "text" };

/** `dir`, with what it stands for. */
export interface Operand {
  readonly name: string;
  readonly isRequired: boolean;
  readonly isVariadic: boolean;
  readonly value: Value;
}

export interface CompletedOption {
  /** `-o` and `--output`, or only one of both. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Null for an option without a value. */
  readonly value: Value | null;
  /** Whether the value may be left out. */
  readonly isValueOptional: boolean;
  /** The name of the value: `file`. */
  readonly placeholder: string;
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  readonly operands: readonly Operand[];
}

export interface CommandTree {
  readonly program: string;
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
}

/** @param program with all its commands. */
export function commandTree(program: Command): CommandTree {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).map((command) => ({
    name: command.name(),
    summary: command.summary() || command.description(),
    options: help.visibleOptions(command).map(completedOption),
    operands: command.registeredArguments.map((argument) =>
      isCommandName(command, argument) ? nameOperand(program) : operandOf(argument),
    ),
  }));
  return {
    program: program.name(),
    options: help.visibleOptions(program).map(completedOption),
    commands,
  };
}

/** `help COMMAND`: commander adds that command itself. */
const isCommandName = (command: Command, argument: Argument): boolean =>
  command.name() === "help" && argument.name() === "command";

const nameOperand = (program: Command): Operand => ({
  name: "command",
  isRequired: false,
  isVariadic: false,
  value: { kind: "words", words: program.commands.map((command) => command.name()) },
});

function operandOf(argument: Argument): Operand {
  return {
    name: argument.name(),
    isRequired: argument.required,
    isVariadic: argument.variadic,
    value: valueOf(argument.argChoices, argument.name()),
  };
}

function completedOption(option: Option): CompletedOption {
  const [, placeholder = ""] = /[<[]([^>\]]+)[>\]]$/.exec(option.flags) ?? [];
  const hasValue = option.required || option.optional;
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined),
    description: option.description,
    value: hasValue ? valueOf(option.argChoices, placeholder) : null,
    isValueOptional: option.optional,
    placeholder,
  };
}

const valueOf = (choices: readonly string[] | undefined, placeholder: string): Value =>
  choices === undefined
    ? { kind: placeholderKind(placeholder) }
    : { kind: "words", words: choices };
