/**
 * Every function of the entry nexushub with wrong arguments: a usage error that names the function, says what was expected
 * or meant, and repeats no secret. Nothing is connected to and nothing is written: no server runs here.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readSignKey, readVerifyKeys } from "../../../src/archive/signing/ed25519-key.ts";
import * as entry from "../../../src/nexushub/index.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { SIGNATURES, type Parameter } from "./nexushub-signatures.ts";
import { SECRET, URL_TEXT, usageError, wrongValues } from "./wrong-values.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const PATHS = wrongValues(join(folder.path, "none.tar.gz"));
const KINDS = { ...PATHS, file: PATHS.folder };

const functions = new Map(
  Object.entries(entry).filter(([, value]) => typeof value === "function"),
) as unknown as ReadonlyMap<string, (...args: unknown[]) => unknown>;

/** Of no type that any argument or option has. */
const NEVER = [Symbol("x"), 5n, [[SECRET]], new Map([[SECRET, SECRET]]), Promise.resolve(SECRET)];

test("every function of the entry is here", () => {
  expect([...functions.keys()].toSorted()).toEqual(Object.keys(SIGNATURES).toSorted());
});

describe.each(Object.entries(SIGNATURES))("%s", (name, { parameters, options, fails = null }) => {
  const run = functions.get(name)!;
  const right = parameters.map(({ value }) => value);
  const all = options?.values ?? {};
  const required = Object.fromEntries((options?.required ?? []).map((each) => [each, all[each]]));

  parameters.forEach((parameter, i) => {
    test.each(wrongFor(parameter))(`refuses %s as argument ${i + 1}`, async (_, value) => {
      const error = await usageError(() => run(...right.with(i, value)));
      expect(error.message).toContain(name);
    });

    test.each(wrongMembers(parameter))(
      `refuses a wrong %s within argument ${i + 1}`,
      async (member, value) => {
        const error = await usageError(() => run(...right.with(i, value)));
        expect(error.message).toContain(member);
      },
    );
  });

  test("refuses more arguments than it takes", async () => {
    const error = await usageError(() => run(...right, required, {}, {}, {}));
    expect(error.message).toMatch(new RegExp(`^${name}.* takes \\d arguments?, not \\d`));
  });

  if (options === undefined) {
    test("takes right arguments", async () => {
      const code = await Promise.resolve()
        .then(() => run(...right))
        .then(
          () => null,
          (error: unknown) => (error as { readonly code?: unknown }).code,
        );
      expect(code).toBe(fails);
    });
    return;
  }

  test.each([
    ["a text", "dry-run"],
    ["a number", 5],
    ["null", null],
    ["an array", []],
    ["a function", () => true],
    ["a signal", new AbortController().signal],
    ["a Buffer", Buffer.from(SECRET)],
  ])("refuses %s for its options", async (_, value) => {
    await usageError(() => run(...right, value));
  });

  test("takes every option with a right value, and these alone", async () => {
    const error = await usageError(() => run(...right, { ...all, qqqqqqqqqq: 1 }));
    expect(error).toMatchObject({ object: "qqqqqqqqqq" });
    const known = error.hint!.replace("the options are ", "").split(", ");
    expect(known.toSorted()).toEqual(Object.keys(all).toSorted());
  });

  test("says which option was meant", async () => {
    for (const option of Object.keys(all)) {
      const misspelt = `${option}x`;
      const error = await usageError(() => run(...right, { ...required, [misspelt]: SECRET }));
      expect(error).toMatchObject({ hint: `did you mean ${option}?`, object: misspelt });
    }
    await usageError(() => run(...right, { ...required, [URL_TEXT]: true }));
  });

  test("refuses options of wrong types", async () => {
    for (const option of Object.keys(all)) {
      for (const value of NEVER) {
        const error = await usageError(() => run(...right, { ...required, [option]: value }));
        expect(error.message).toContain(option);
      }
    }
  });

  test("refuses to run without the options that it needs", async () => {
    for (const option of Object.keys(required)) {
      const error = await usageError(() => run(...right, { ...required, [option]: undefined }));
      expect(error.message).toMatch(new RegExp(`the option ${option} must be .*, not undefined`));
    }
    if (options.required !== undefined) await usageError(() => run(...right));
  });
});

function wrongFor(parameter: Parameter): readonly (readonly [string, unknown])[] {
  if (parameter.kind !== undefined) return KINDS[parameter.kind];
  return [
    ...NEVER.map((value, i) => [`wrong value ${i}`, value] as const),
    ...(parameter.canMiss === true ? [] : [["undefined", undefined] as const]),
    ...(parameter.canBeNull === true ? [] : [["null", null] as const]),
    ...(parameter.wrong ?? []).map((value, i) => [`wrong value of its own ${i}`, value] as const),
  ];
}

/** The right object, with a wrong value for each of its members in turn. */
function wrongMembers({
  value,
  checkedMembers,
}: Parameter): readonly (readonly [string, unknown])[] {
  const members = checkedMembers ?? [];
  const names = members === "all" ? Object.keys(value as object) : members;
  return names.map((name) => [name, { ...(value as object), [name]: Symbol("x") }]);
}

test.each([
  [{ retention: { keepDialy: 3 } }, "there is no option retention.keepDialy", "keepDaily"],
  [{ retention: { keep: -1 } }, "the option retention.keep must be an integer that is not neg"],
  [{ retention: 14 }, "the option retention must be an object with any of keep,"],
  [{ encryptTo: { recipient: [SECRET] } }, "there is no option encryptTo.recipient", "recipients"],
  [{ identities: { passphrase: 5 } }, "the option identities.passphrase must be a text"],
  [
    { folder: URL_TEXT },
    "the option folder must be a path or a file: URL, not a connection string",
  ],
  [{ copyTo: "" }, "the option copyTo must be a path or a file: URL, not an empty text"],
  [{ now: new Date() }, "the option now must be a function, not an object of Date"],
  [{ databaseUrl: "postgresql://u@undefined/db" }, "the databaseUrl says that host is undefined"],
  [{ databaseUrl: 5 }, "the option databaseUrl must be a text or a URL, not a number"],
  [
    { databaseUrl: new URL("https://example.org/") },
    "the databaseUrl is a URL of the scheme https:",
  ],
  [{ verifyKeys: [] }, "the option verifyKeys must be an array of the keys that readVerifyKeys"],
  [{ env: { A: 5 } }, "the option env must be an object of texts"],
])("backup with %o", async (options, message, meant?: string) => {
  const error = await usageError(() => functions.get("backup")!(options));
  expect(error.message).toContain(`backup: ${message}`);
  if (meant !== undefined) expect(error.hint).toBe(`did you mean ${meant}?`);
});

test("keys of the library are taken", async () => {
  const { privateKey, publicKey } = await import("node:crypto").then(({ generateKeyPairSync }) =>
    generateKeyPairSync("ed25519", {
      privateKeyEncoding: { format: "pem", type: "pkcs8" },
      publicKeyEncoding: { format: "pem", type: "spki" },
    }),
  );
  const options = {
    signKey: readSignKey(privateKey),
    verifyKeys: readVerifyKeys(publicKey),
    env: process.env,
    qqqqqqqqqq: 1,
  };
  const error = await usageError(() => functions.get("backup")!(options));
  expect(error.object).toBe("qqqqqqqqqq");
});

test("an address that ends in a slash is that of a database", async () => {
  const options = { databaseUrl: "postgresql://u@127.0.0.1:1/", retention: 1 };
  const error = await usageError(() => functions.get("backup")!(options));
  expect(error.message).toContain("retention");
  const target = "postgresql://u@127.0.0.1:1/";
  const refused = await usageError(() => functions.get("previewRestore")!(target, { signals: 1 }));
  expect(refused.hint).toBe("did you mean signal?");
});

test("keys of records are shown only if they are names", async () => {
  const where = { [URL_TEXT]: 5 };
  await usageError(() => functions.get("dumpForCi")!(URL_TEXT, "x.tar.gz", { where }));
});

test("nothing was written", async () => {
  expect(await readdir(folder.path)).toEqual([]);
});
