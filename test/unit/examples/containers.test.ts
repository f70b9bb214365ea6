/** The examples for containers: YAML that parses, commands and options that exist, a configuration that is valid. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { createProgram } from "../../../src/cli/program.ts";
import { parseConfig } from "../../../src/nexushub/config/parse-config.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../../../examples/containers/${name}`, import.meta.url), "utf8");
const { commands } = createProgram({}, async () => {});

/** Fails for a command or an option that the program does not have. */
function expectWords(words: readonly string[]): void {
  const command = commands.find((each) => each.name() === words[0]);
  expect(command, words.join(" ")).toBeDefined();
  const known = command!.options.map(({ long }) => long);
  for (const word of words.filter((each) => each.startsWith("--"))) expect(known).toContain(word);
}

interface Container {
  readonly args: string[];
  readonly volumeMounts: { readonly name: string }[];
}
interface Resource {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly stringData: Record<string, string>;
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: {
        readonly template: {
          readonly spec: { readonly containers: Container[]; readonly volumes: { name: string }[] };
        };
      };
    };
  };
}

describe("kubernetes.yml", () => {
  const resources = parseAllDocuments(read("kubernetes.yml")).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Resource;
  });

  test("has jobs whose commands, options and volumes exist", () => {
    const jobs = resources.filter(({ kind }) => kind === "CronJob");
    expect(jobs.map(({ metadata }) => metadata.name)).toEqual([
      "nexushub-backup",
      "nexushub-drill",
    ]);
    for (const job of jobs) {
      const { containers, volumes } = job.spec.jobTemplate.spec.template.spec;
      const [{ args, volumeMounts }] = containers as [Container];
      expectWords(args);
      expect(volumeMounts.map(({ name }) => name)).toEqual(volumes.map(({ name }) => name));
    }
  });

  test("has a configuration that is valid", () => {
    const secret = resources.find(({ kind }) => kind === "Secret")!;
    const config = parseConfig(secret.stringData["dump.toml"]!, "dump.toml");
    expect(config.folder).toBe("/backups");
  });
});

test("compose.yml runs commands with options that exist", () => {
  const stack = parse(read("compose.yml")) as {
    services: { backup: { command: string[]; depends_on: string[] } };
  };
  const { command, depends_on: neighbours } = stack.services.backup;
  const lines = Array.from(command[0]!.matchAll(/nexushub-dump ([^;\n]+)/g), ([, words]) => words!);
  expect(lines).toHaveLength(2);
  for (const line of lines) expectWords(line.split(/\s+/));
  expect(neighbours).toEqual(["postgres"]);
});

test("the Dockerfile's command exists", () => {
  const text = read("Dockerfile");
  expectWords(JSON.parse(/^CMD (.*)$/m.exec(text)![1]!) as string[]);
  expect(text).toContain('ENTRYPOINT ["nexushub-dump"]');
});
