/** `config check|init`: the configuration file that backup, prune, drill and the others share. */
import { Argument } from "commander";
import type { Registry } from "../command.ts";

export function addConfigCommand(registry: Registry): void {
  const command = registry
    .command("config")
    .summary("check the configuration file, or write one")
    .description(
      "check reads the configuration file as the commands do and names the first mistake with its line; init writes a file with every setting as a comment.",
    )
    .addArgument(new Argument("<action>", "what to do").choices(["check", "init"]))
    .argument("[file]", "the file (default: /etc/nexushub/dump.toml)")
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump config init
  $ nexushub-dump config check ./dump.toml`,
    );
  registry.run(command, async () => (await import("./config-run.ts")).configRun);
}
