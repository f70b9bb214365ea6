/** The body of `completion`. */
import type { Body } from "../command.ts";
import { bashScript } from "../completion/bash.ts";
import { commandTree } from "../completion/command-tree.ts";
import { fishScript } from "../completion/fish.ts";
import { zshScript } from "../completion/zsh.ts";
import { DONE } from "../exit-codes.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

export const completionRun: Body<object> = async ({ console, allCommands }, _options, operand) => {
  const shell = operand as keyof typeof SCRIPTS;
  const script = SCRIPTS[shell](commandTree(allCommands()));
  console.result({ shell, script }, script.trimEnd());
  return DONE;
};
