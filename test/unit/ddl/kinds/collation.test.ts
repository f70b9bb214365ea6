import { expect, test } from "vitest";
import type { CollationRow } from "../../../../src/catalog/collation.ts";
import { createCollation } from "../../../../src/ddl/kinds/collation.ts";

const LIBC: CollationRow = {
  oid: 16400,
  name: "c",
  namespace: 2200,
  owner: 10,
  provider: "c",
  isDeterministic: true,
  collate: "C",
  ctype: "C",
  locale: null,
  rules: null,
};

test.each<[Partial<CollationRow>, string]>([
  [{}, "provider = libc, locale = 'C'"],
  [{ ctype: "POSIX" }, "provider = libc, lc_collate = 'C', lc_ctype = 'POSIX'"],
  // Before 15 ICU kept its locale where libc does.
  [{ provider: "i", collate: "de", ctype: "de" }, "provider = icu, locale = 'de'"],
  [
    {
      provider: "i",
      collate: null,
      ctype: null,
      locale: "und-u-ks-level2",
      isDeterministic: false,
    },
    "provider = icu, deterministic = false, locale = 'und-u-ks-level2'",
  ],
  [
    { provider: "i", collate: null, ctype: null, locale: "en", rules: "& 'a' < b" },
    "provider = icu, locale = 'en', rules = '& ''a'' < b'",
  ],
  [
    { provider: "b", collate: null, ctype: null, locale: "C.UTF-8" },
    "provider = builtin, locale = 'C.UTF-8'",
  ],
])("%j", (row, options) => {
  expect(createCollation("s.c", { ...LIBC, ...row })).toBe(`CREATE COLLATION s.c (${options})`);
});
