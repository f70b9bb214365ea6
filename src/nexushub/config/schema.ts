/** The configuration file: which settings there are. Names are those of the options, without the dashes before them. */
import { z } from "zod";

const text = z.string().min(1).max(4096);
const texts = z.array(text);
const count = z.number().int().positive();
/** Options check what the text means: `36h`, `7d`. */
const span = z.string().regex(/^\d+[mhd]$/, "must be a number with m, h or d: 90m, 36h, 7d");
const flag = z.boolean();

const notifications = {
  "ping-url": text.optional(),
  webhook: text.optional(),
  "on-success": text.optional(),
  "on-failure": text.optional(),
  "metrics-file": text.optional(),
};

/** One schema for all commands: an unknown name is an error. */
export const configSchema = z.strictObject({
  folder: text.optional(),
  "env-file": text.optional(),
  "compose-file": text.optional(),
  encryption: z
    .strictObject({
      "encrypt-to": texts.optional(),
      "recipients-file": texts.optional(),
      "passphrase-file": text.optional(),
      "sign-key": text.optional(),
      identity: texts.optional(),
      "verify-key": texts.optional(),
    })
    .optional(),
  retention: z
    .strictObject({
      keep: count.optional(),
      "keep-days": count.optional(),
      "keep-hourly": count.optional(),
      "keep-daily": count.optional(),
      "keep-weekly": count.optional(),
      "keep-monthly": count.optional(),
      "keep-yearly": count.optional(),
      "keep-within": span.optional(),
      "keep-drilled": count.optional(),
    })
    .optional(),
  backup: z
    .strictObject({
      compression: text.optional(),
      jobs: count.optional(),
      roles: flag.optional(),
      prove: flag.optional(),
      reuse: flag.optional(),
      differential: flag.optional(),
      "full-every": span.optional(),
      wait: span.optional(),
      "copy-to": text.optional(),
      "copy-keep": z.union([text, count]).optional(),
      ...notifications,
    })
    .optional(),
  drill: z
    .strictObject({
      into: text.optional(),
      "as-plain-role": flag.optional(),
      peer: text.optional(),
      "max-age": span.optional(),
      html: text.optional(),
      junit: text.optional(),
      ...notifications,
    })
    .optional(),
  prune: z.strictObject(notifications).optional(),
  verify: z
    .strictObject({
      newest: count.optional(),
      "least-recently-checked": count.optional(),
      ...notifications,
    })
    .optional(),
  doctor: z.strictObject({ "max-drill-age": span.optional(), wait: span.optional() }).optional(),
});

/** The settings of a file. */
export type Config = z.infer<typeof configSchema>;
export type ConfigValue = string | number | boolean | readonly string[];

/** Tables that every command reads for the options that it has. */
const SHARED = ["encryption", "retention"] as const;

/** The value of an option of a command: from the command's own table, a shared one, or the top. Pure. */
export function settingOf(
  config: Config,
  command: string,
  option: string,
): { value: ConfigValue; path: readonly string[] } | undefined {
  const tables: readonly (readonly string[])[] = [[command], ...SHARED.map((name) => [name]), []];
  for (const table of tables) {
    const holder = table.reduce<unknown>(child, config);
    const value = child(holder, option);
    const isTable = typeof value === "object" && !Array.isArray(value);
    if (value !== undefined && !isTable)
      return { value: value as ConfigValue, path: [...table, option] };
  }
  return undefined;
}

function child(holder: unknown, name: string): unknown {
  if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, name))
    return undefined;
  return (holder as Record<string, unknown>)[name];
}
