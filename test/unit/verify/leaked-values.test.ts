/** The search for leaked values finds a value in all of its forms, and nothing else. */
import { expect, test } from "vitest";
import { findLeaks } from "../../../src/verify/leaked-values.ts";
import { MemoryStore, writeSample } from "../../support/archives.ts";

const SECRET = 'O\'Brien\t"Ünal"\\@Example.org';
const BYTES = Buffer.from("8f00ff5c0a0d1b7e3c", "hex");

async function leaksIn(text: string, preData = ""): Promise<unknown> {
  const store = new MemoryStore();
  await writeSample(await store.create(), {
    preData,
    tables: [{ name: "t", columns: ["a"], text: `before ${text} after\n` }],
  });
  return findLeaks(store, [
    { what: "email", value: SECRET },
    { what: "hash", value: BYTES },
  ]);
}

const copyText = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\t", "\\t");
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const json = JSON.stringify(SECRET);

test.each([
  ["as COPY text", "email", copyText(SECRET)],
  ["in capitals", "email", copyText(SECRET.toUpperCase())],
  ["in small letters, beyond ASCII too", "email", copyText(SECRET.toLowerCase())],
  ["as a JSON string in a column of text", "email", copyText(json)],
  ["as a JSON string in ASCII", "email", copyText(json.replace("Ü", "\\u00dc"))],
  ["as an SQL string", "email", copyText(SECRET.replace("'", "''"))],
  ["in a URL", "email", `https://x/?to=${encodeURIComponent(SECRET)}&y`],
  ["in hexadecimal digits", "email", Buffer.from(SECRET).toString("hex")],
  ["in base64", "email", Buffer.from(SECRET).toString("base64")],
  ["in base64 after another byte", "email", base64(`x${SECRET}yz`)],
  ["in base64 after two others", "email", base64(`:-${SECRET}yz`)],
  ["in base64 before others", "email", base64(`abc${SECRET}-`)],
  ["in base64 for URLs", "email", Buffer.from(SECRET).toString("base64url")],
  ["as bytea", "hash", `\\\\x${BYTES.toString("hex")}`],
  ["in capital digits", "hash", BYTES.toString("hex").toUpperCase()],
  ["in base64, as bytes", "hash", BYTES.toString("base64")],
])("finds a value %s", async (_form, what, text) => {
  expect(await leaksIn(text)).toEqual([{ what, where: "table public.t" }]);
});

test("finds it in the schema too, and nothing where it is not whole", async () => {
  expect(await leaksIn("", `COMMENT ON TABLE public.t IS '${BYTES.toString("hex")}'`)).toEqual([
    { what: "hash", where: "schema/pre-data.sql" },
  ]);
  expect(await leaksIn(copyText(SECRET).slice(1))).toEqual([]);
  expect(await leaksIn(BYTES.toString("hex").slice(0, -1))).toEqual([]);
});
