/** The options of notifications: pings, webhooks, commands, metrics. */
import { type Command, InvalidArgumentError } from "commander";
import { underHeading } from "./help-headings.ts";

export interface NotifyCommandOptions {
  readonly pingUrl?: string;
  readonly webhook?: string;
  readonly onSuccess?: string;
  readonly onFailure?: string;
  readonly metricsFile?: string;
}

/** Adds all but the metrics. */
export function addNotify(command: Command): Command {
  return underHeading(command, "Notification options:", () =>
    command
      .option(
        "--ping-url <url>",
        "ping a check of healthchecks.io or its kin: /start, success, /fail",
        httpUrl,
      )
      .option("--webhook <url>", "post how the run ended to this URL, as JSON", httpUrl)
      .option("--on-success <command>", "run a shell command after a success")
      .option("--on-failure <command>", "run a shell command after a failure"),
  );
}

export function addMetrics(command: Command): Command {
  return underHeading(command, "Notification options:", () =>
    command.option(
      "--metrics-file <file>",
      "write metrics for Prometheus' node exporter into a .prom file",
      promFile,
    ),
  );
}

function httpUrl(text: string): string {
  const isHttp = URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
  if (!isHttp) throw new InvalidArgumentError("must be a URL, http://… or https://….");
  return text;
}

function promFile(text: string): string {
  if (!text.endsWith(".prom"))
    throw new InvalidArgumentError(
      "the name must end in .prom, or the node exporter does not read it.",
    );
  return text;
}

const OPTIONS = {
  "--ping-url": "pingUrl",
  "--webhook": "webhook",
  "--on-success": "onSuccess",
  "--on-failure": "onFailure",
  "--metrics-file": "metricsFile",
} as const;

/** The options as arguments, for a command that tells of a failure. */
export function notifyWords(options: NotifyCommandOptions): string[] {
  return Object.entries(OPTIONS).flatMap(([name, key]) => {
    const value = key === "onSuccess" ? undefined : options[key];
    return value === undefined ? [] : [name, value];
  });
}

/** The same options of arguments that could not be parsed: somebody may wait for the notification. */
export function notifyOptionsIn(argv: readonly string[]): NotifyCommandOptions {
  const options: Partial<Record<keyof NotifyCommandOptions, string>> = {};
  for (const [index, word] of argv.entries()) {
    if (word === "--") break;
    const [, name = word, value = argv[index + 1]] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    if (!Object.hasOwn(OPTIONS, name) || value === undefined) continue;
    const key = OPTIONS[name as keyof typeof OPTIONS];
    const isUrl = key === "pingUrl" || key === "webhook";
    if (!isUrl || URL.canParse(value)) options[key] = value;
  }
  return options;
}
