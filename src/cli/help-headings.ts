/** The headings under which the help of a command shows its options. */
import { type Command, Help, type HelpConfiguration } from "commander";

/** In the order of the help. An option under no other heading is under the first. */
const HEADINGS = [
  "Options:",
  "Selection options:",
  "Row options:",
  "Reading options:",
  "Archive options:",
  "Safety options:",
  "Loading options:",
  "Swap options:",
  "Check options:",
  "Retention options:",
  "Connection options:",
  "Encryption options:",
  "Decryption options:",
  "Object store options:",
  "Notification options:",
  "Configuration options:",
  "Common options:",
] as const;

type Heading = (typeof HEADINGS)[number];

const RANKS: ReadonlyMap<string, number> = new Map(HEADINGS.map((name, rank) => [name, rank]));
const rankOf = (heading: string): number => RANKS.get(heading) ?? -1;

/** Adds options under a heading, which options that are added later do not get. */
export function underHeading(
  command: Command,
  heading: Heading,
  add: (command: Command) => unknown,
): Command {
  const before = command.optionsGroup();
  command.optionsGroup(heading);
  add(command);
  return command.optionsGroup(before);
}

/** Shows options in the order of the headings, and not in that in which commands add them. */
export const helpConfiguration: HelpConfiguration = {
  // Beside the longest option 80 columns leave 31 for what it does.
  minWidthToWrap: 24,
  groupItems: (all, visible, headingOf) => {
    const groups = Help.prototype.groupItems(all, visible, headingOf);
    // The sort is stable: headings of commands have one rank, and stay as they are.
    return new Map([...groups].toSorted(([a], [b]) => rankOf(a) - rankOf(b)));
  },
};
