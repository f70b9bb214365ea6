import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAclItem, possibleLetters, privilegeWords } from "../../../src/sql/acl-item.ts";
import { anyText } from "../../support/any-text.ts";

describe("parseAclItem", () => {
  test.each([
    ["alice=arwdDxt/bob", "alice", "arwdDxt", "", "bob"],
    ["=r/alice", "", "r", "", "alice"],
    ["alice=r*w*d/alice", "alice", "rwd", "rw", "alice"],
    ['"a=b/c"=X/"d/e=f"', "a=b/c", "X", "", "d/e=f"],
    ['"say ""hi"""=U/""""', 'say "hi"', "U", "", '"'],
    ["12345=r/12346", "12345", "r", "", "12346"],
    ['"röle"=C*/"röle"', "röle", "C", "C", "röle"],
    ["alice=/alice", "alice", "", "", "alice"],
  ])("%s", (text, grantee, letters, grantable, grantor) => {
    const item = parseAclItem(text);
    expect(item.grantee).toBe(grantee);
    expect(item.grantor).toBe(grantor);
    expect(item.letters.join("")).toBe(letters);
    expect([...item.grantable].join("")).toBe(grantable);
  });

  test.each(["", "alice", "alice=r", "alice/bob", "alice=r;w/bob"])("refuses %j", (text) => {
    expect(() => parseAclItem(text)).toThrow("cannot be read");
  });

  test("reads any role's name back from the server's quoting", () => {
    const quote = (name: string): string =>
      /^[a-z0-9_]+$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
    const name = anyText({ minLength: 1 });
    fc.assert(
      fc.property(name, name, (grantee, grantor) => {
        const item = parseAclItem(`${quote(grantee)}=rw*/${quote(grantor)}`);
        expect([item.grantee, item.grantor]).toEqual([grantee, grantor]);
      }),
    );
  });
});

describe("privilegeWords", () => {
  const letters = (text: string): Set<string> => new Set(text);

  test("ALL is what the server of that major knows", () => {
    const of16 = possibleLetters("TABLE", 16, false);
    const of17 = possibleLetters("TABLE", 17, false);
    expect(privilegeWords(letters("arwdDxt"), of16)).toEqual(["ALL"]);
    expect(privilegeWords(letters("arwdDxt"), of17)).toHaveLength(7);
    expect(privilegeWords(letters("arwdDxtm"), of17)).toEqual(["ALL"]);
  });

  test("columns have their own set", () => {
    const possible = possibleLetters("TABLE", 18, true);
    expect(privilegeWords(letters("rw"), possible)).toEqual(["SELECT", "UPDATE"]);
    expect(privilegeWords(letters("arwx"), possible)).toEqual(["ALL"]);
  });

  test("no letters are no words", () => {
    expect(privilegeWords(letters(""), "rw")).toEqual([]);
  });

  test.each([
    ["SEQUENCE", "rUw"],
    ["FOREIGN DATA WRAPPER", "U"],
    ["LARGE OBJECT", "rw"],
    ["SCHEMA", "CU"],
  ] as const)("a %s can have %s", (kind, expected) => {
    expect(possibleLetters(kind, 18, false)).toBe(expected);
  });
});
