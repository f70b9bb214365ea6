import { expect, test } from "vitest";
import type { ManifestRole } from "../../../src/archive/format/manifest.ts";
import { rolesText } from "../../../src/plain/convert/role-text.ts";

function role(name: string, ...groups: string[]): ManifestRole {
  return {
    name,
    attributes: [],
    connectionLimit: -1,
    validUntil: null,
    comment: null,
    securityLabels: [],
    settings: [],
    databaseSettings: [],
    parameters: [],
    password: null,
    memberOf: groups.map((group) => ({
      role: group,
      grantor: null,
      admin: false,
      inherit: null,
      set: null,
    })),
  };
}

const namesIn = (text: string): string[] =>
  Array.from(text.matchAll(/^-- role "(.*)"$/gm), ([, name]) => name!);

test("groups come before their members, and those of the server are not made", () => {
  const roles = [role("carol", "bob"), role("alice"), role("bob", "alice", "pg_monitor")];
  expect(namesIn(rolesText(roles))).toEqual(["alice", "bob", "carol"]);
});

test("members of each other, which only a forged archive has, end nothing", () => {
  const roles = [role("alice", "bob"), role("bob", "carol"), role("carol", "alice")];
  expect(namesIn(rolesText(roles)).sort()).toEqual(["alice", "bob", "carol"]);
});
