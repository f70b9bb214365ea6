/** Environment files are read as systemd and shells read them. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseEnvFile } from "../../src/nexushub/deployment/env-file.ts";

/** Runs systemd's own parser over a file: this generator reads environment.d with the code that reads EnvironmentFile=. */
const GENERATOR = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator";

describe.skipIf(!existsSync(GENERATOR))(
  `as systemd reads it (skipped without ${GENERATOR})`,
  () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "env-file-"));
      mkdirSync(join(folder, "environment.d"));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    function systemd(text: string): Record<string, string> {
      writeFileSync(join(folder, "environment.d", "a.conf"), text);
      const { stdout } = spawnSync(GENERATOR, {
        env: { XDG_CONFIG_HOME: folder },
        encoding: "utf8",
      });
      const found = stdout.matchAll(/^(ZZ\w*)=(?:"((?:[^"\\]|\\.)*)"|(.*))$/gm);
      const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t" };
      return Object.fromEntries(
        Array.from(found, ([, name, quoted, plain]) => [
          name,
          (quoted ?? plain ?? "").replaceAll(/\\(.)/g, (_, c: string) => escapes[c] ?? c),
        ]),
      );
    }

    test("agrees on any arrangement of quotes, blanks, backslashes and line ends", () => {
      const segment = fc.constantFrom(
        "a",
        "b c",
        "'",
        '"',
        "\\",
        "\n",
        " ",
        "\t",
        "#",
        ";",
        "=",
        "\nZZ=",
        "\nZZ= ",
        "\nexport ZZ=",
        "\n#",
        "\r\n",
      );
      const text = fc
        .array(segment, { maxLength: 14 })
        .map((segments) => `ZZ=${segments.map((p, i) => p.replace("ZZ", `ZZ${i}`)).join("")}\n`);
      fc.assert(
        fc.property(text, (source) => {
          // Its comments continue over a backslash before version 254; ours do not.
          fc.pre(!/[#;][^\n]*\\[\r\n]/.test(source));
          const ours = parseEnvFile(source).values;
          const exported = new Set(
            Array.from(source.matchAll(/export (ZZ\w*)/g), ([, name]) => name),
          );
          const theirs = systemd(source);
          const shared = [...ours].filter(
            // environment.d hands on some empty values and not others.
            ([name, value]) =>
              name.startsWith("ZZ") && (value !== "" || name in theirs) && !exported.has(name),
          );
          expect(Object.fromEntries(shared)).toEqual(theirs);
        }),
        {
          numRuns: 300,
          examples: [["ZZ=\\\n \n"], ["ZZ=\\\\\r\n\n"], ["=\\\nZZ=a\n"], ["ZZ='\\\r\n'\n"]],
        },
      );
    });
  },
);

describe("as bash reads it", () => {
  test("agrees wherever there is no note", () => {
    const segment = fc.constantFrom(
      "a",
      "b",
      " ",
      "'",
      '"',
      "\\\\",
      '\\"',
      "\\\n",
      "$",
      "#",
      "=",
      "&",
      "\nA1=",
      "\n# c",
    );
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 10 }), (segments) => {
        const source = `A0=${segments.join("")}\n`;
        const { values, notes: found } = parseEnvFile(source);
        fc.pre(found.length === 0);
        const script = `set -a; eval "$(cat; echo :)"; printf '%s\\0' "\${A0-unset}" "\${A1-unset}"`;
        const { stdout } = spawnSync("bash", ["-c", script], {
          input: source,
          encoding: "utf8",
          env: {},
        });
        expect(stdout.split("\0").slice(0, 2)).toEqual([
          values.get("A0") ?? "unset",
          values.get("A1") ?? "unset",
        ]);
      }),
      { numRuns: 300 },
    );
  });
});
