import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseEnvFile } from "../../../../src/nexushub/deployment/env-file.ts";

const read = (text: string) => Object.fromEntries(parseEnvFile(text).values);
const notes = (text: string) => parseEnvFile(text).notes.join("\n");

describe("parseEnvFile", () => {
  test("reads a file as the installer writes it, without a note", () => {
    const text = [
      "# generated; edit with care",
      "",
      "DATABASE_URL=postgres://nexushub:s3cret@localhost:5432/nexushub?sslmode=disable",
      "PEER_KEY_ENCRYPTION_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
      "EMPTY=",
      "",
    ].join("\n");
    expect(read(text)).toEqual({
      DATABASE_URL: "postgres://nexushub:s3cret@localhost:5432/nexushub?sslmode=disable",
      PEER_KEY_ENCRYPTION_KEY: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
      EMPTY: "",
    });
    // A question mark is a pattern to a shell, though not in an assignment.
    expect(notes(text)).toBe("");
  });

  test.each([
    ["double quotes", 'A="x y"', "x y"],
    ["single quotes keep backslashes", "A='x\\ny'", "x\\ny"],
    ["escapes in double quotes", 'A="\\"\\\\\\$\\`\\n"', '"\\$`\\n'],
    ["a backslash outside quotes", "A=x\\ y", "x y"],
    ["a line continued", "A=x\\\ny", "xy"],
    ["a line continued in double quotes", 'A="x\\\ny"', "xy"],
    ["a quoted value over two lines", "A='x\ny'", "x\ny"],
    ["segments joined", "A='x'\"y\"", "xy"],
    ["blanks at the end dropped", "A=x  \t", "x"],
    ["CR LF", "A=x\r\nB=y\r\n", "x"],
    ["export", "export A=x", "x"],
    ["the last one wins", "A=w\nA=x", "x"],
    ["an equals sign in the value", "A=b64==", "b64=="],
    ["no line end", "A=x", "x"],
  ])("%s", (_name, text, value) => {
    expect(read(text).A).toBe(value);
  });

  test.each([
    ["export A=x", 'line 1: systemd ignores a line that begins with "export"'],
    ["A=x\r\n", "CR LF"],
    ["\n;A=x", 'line 2: only systemd treats ";"'],
    ["A=x # y", "line 1: systemd reads the value literally"],
    ["A=x y", "single quotes"],
    ["A=http://h/?a&b", "single quotes"],
    ["A=a$b", "single quotes"],
    ['A="a$b"', "would expand"],
    ["A = x", "blanks around"],
    ["A='x", "never closed"],
    ["A.B=x", "not a variable name"],
    ["just words", 'no "="'],
    ["# c \\\nA=x", "before 254"],
    ["\uFEFFA=x", "byte order mark"],
  ])("notes what a shell and systemd see differently in %j", (text, note) => {
    expect(notes(text)).toContain(note);
  });

  test("counts lines over values that span several", () => {
    expect(notes("A='x\ny'\nB=\\\n\\\nz\nnonsense")).toBe('line 6: no "=", so it is ignored');
  });

  test("never quotes a value in a note", () => {
    fc.assert(
      fc.property(fc.constantFrom("A=", "export A=", ";A=", "A = ", "A.B=", "'A="), (head) => {
        expect(notes(`${head}s3cret "x $s3cret\n`)).not.toContain("s3cret");
      }),
    );
  });

  test("reads compose's .env: blank and # begin a comment, escapes stay", () => {
    const { values } = parseEnvFile(
      "A=x # y\nB=x#y\nC='x # y' # z\nD=x\\y\nE= # only a comment\n",
      "compose",
    );
    expect(Object.fromEntries(values)).toEqual({ A: "x", B: "x#y", C: "x # y", D: "x\\y", E: "" });
  });
});

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
