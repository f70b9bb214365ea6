/** `completion SHELL`: a script that lets a shell complete the command line. */
import { Argument } from "commander";
import type { Registry } from "../command.ts";

export function addCompletion(registry: Registry): void {
  const command = registry
    .command("completion")
    .summary("print a script that completes commands in a shell")
    .description(
      "Prints a script for bash, zsh or fish that completes commands, options, their values and paths.",
    )
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump completion bash > /usr/local/share/bash-completion/completions/nexushub-dump
  $ nexushub-dump completion zsh > /usr/local/share/zsh/site-functions/_nexushub-dump
  $ nexushub-dump completion fish > ~/.config/fish/completions/nexushub-dump.fish`,
    );
  registry.run(command, async () => (await import("./completion-run.ts")).completionRun);
}
