/** `--no-comments` and the other options that leave out kinds of objects, of every command that has them. */
import type { Command } from "commander";
import { KIND_OPTIONS, kindOptionsOf, type KindOptions } from "../catalog/kind-options.ts";
import { underHeading } from "./help-headings.ts";

/** As commander parses them: false where the flag was given. */
export interface KindCommandOptions {
  readonly comments?: boolean;
  readonly publications?: boolean;
  readonly subscriptions?: boolean;
  readonly policies?: boolean;
  readonly securityLabels?: boolean;
  readonly largeObjects?: boolean;
}

export function addKindOptions(command: Command): void {
  underHeading(command, "Selection options:", () => {
    for (const { flag, words } of Object.values(KIND_OPTIONS))
      command.option(`--${flag}`, `leave out ${words}`);
  });
}

export function kindOptions(options: KindCommandOptions): KindOptions {
  const flags = Object.entries(options)
    .filter(([, value]) => value === false)
    .map(([name]) => `no-${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  return kindOptionsOf(new Set(flags));
}
