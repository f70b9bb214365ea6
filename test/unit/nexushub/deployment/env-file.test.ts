import fc from "fast-check";
import { describe, expect, test } from "vitest";
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
