/**
 * Whole archives that were changed at random. One whose checksums were not made anew is never accepted. One that was sealed
 * anew is refused, or holds what its checksums say. A signed one is never accepted with other contents, whatever was made
 * anew. None takes long or much memory.
 */
import { generateKeyPairSync } from "node:crypto";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { beforeAll, describe, expect, test } from "vitest";
import { decryptArchive, encryptArchive } from "../../src/archive/encryption/age.ts";
import { sha256 } from "../../src/archive/format/digest.ts";
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { TAR_BLOCK } from "../../src/archive/format/tar.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { readSignKey, readVerifyKeys } from "../../src/archive/signing/ed25519-key.ts";
import { requireSigned } from "../../src/archive/signing/signed-archive.ts";
import { signManifest } from "../../src/archive/signing/signature.ts";
import type { ArchiveOrigin } from "../../src/archive/storage/source.ts";
import { isNexushubDumpError } from "../../src/errors.ts";
import type { Random } from "../../src/nexushub/demo-data/random.ts";
import { schemaText } from "../../src/archive/schema-text.ts";
import { verify } from "../../src/verify/verify.ts";
import { MemoryStore, writeSample } from "../support/archives.ts";
import { type Parts, putTogether, takeApart } from "../support/reseal.ts";
import { campaign } from "./campaign.ts";
import { mutateBytes, mutateMember } from "./mutated-files.ts";

/** Of processor time, whatever else runs on the machine. */
const MAX_MS = 10_000;
const MAX_BYTES = 256 * 1024 * 1024;

const pair = generateKeyPairSync("ed25519");
const signKey = readSignKey(pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString());
const verifyKeys = readVerifyKeys(
  pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
);

async function sample(compression: string): Promise<Buffer> {
  const store = new MemoryStore();
  const objects: Manifest["objects"] = ["a", "b"].map((name, id) => ({
    id,
    kind: "table",
    namespace: "public",
    name,
    section: "pre-data",
    statements: [`CREATE TABLE public.${name} (x integer, y text)`],
    requires: [],
    parent: null,
    features: [],
    accessMethod: null,
    roles: [],
  }));
  await writeSample(
    await store.create(),
    {
      preData: schemaText(objects, "pre-data"),
      postData: schemaText(objects, "post-data"),
      tables: [
        { name: "a", columns: ["x", "y"], text: "1\tone\n2\ttwo\n3\tthree\n" },
        { name: "b", columns: ["x", "y"], text: `4\t${"é".repeat(900)}\n` },
      ],
      change: (head) => ({ ...head, objects }),
    },
    { compression, partBytes: 12 },
  );
  const sign = (manifest: Manifest): string => JSON.stringify(signManifest(manifest, signKey));
  return putTogether(await takeApart(store.bytes), sign);
}

interface Original {
  readonly bytes: Buffer;
  readonly parts: Parts;
}

let originals: readonly Original[];
beforeAll(async () => {
  originals = await Promise.all(
    ["gzip:1", "none"].map(async (compression) => {
      const bytes = await sample(compression);
      return { bytes, parts: await takeApart(bytes) };
    }),
  );
});

function chosen(random: Random): Original & { readonly other: Buffer } {
  const at = random.below(originals.length);
  return { ...originals[at]!, other: originals[(at + 1) % originals.length]!.bytes };
}

/** What a restore would take of an archive: its statements, columns and rows. */
async function contents(origin: ArchiveOrigin): Promise<string> {
  const reader = await openArchive(origin);
  try {
    const { objects, relations, sequences } = reader.manifest;
    const rows: string[] = [];
    for (const relation of relations)
      for await (const chunk of reader.readParts(relation)) rows.push(chunk.toString("latin1"));
    const columns = relations.map(({ namespace, name, columns: names }) => [
      namespace,
      name,
      names,
    ]);
    return sha256(Buffer.from(JSON.stringify([objects, sequences, columns, rows])));
  } finally {
    await reader.close();
  }
}

/** What a mutated archive was meant to hold, from its parts. */
function intended({ manifest, members }: Parts): string {
  const { objects, relations, sequences } = manifest;
  const rows = relations.flatMap(({ parts }) =>
    parts.map(({ entry }) => {
      const { size } = manifest.entries[entry]!;
      return members[entry]!.tar.toString("latin1", TAR_BLOCK, TAR_BLOCK + size);
    }),
  );
  const columns = relations.map(({ namespace, name, columns: names }) => [namespace, name, names]);
  return sha256(Buffer.from(JSON.stringify([objects, sequences, columns, rows])));
}

/** Counts outcomes, and the most processor time that one took. */
class Outcomes {
  readonly counts: Record<string, number> = {};
  slowestMs = 0;
  readonly #rss = process.resourceUsage().maxRSS;

  /** @returns whether the archive passed. */
  async add(run: number, origin: () => ArchiveOrigin): Promise<boolean> {
    const started = process.cpuUsage();
    let name = "accepted";
    try {
      await verify(origin());
      await contents(origin());
    } catch (error) {
      if (!isNexushubDumpError(error) || error.code === "INTERNAL") throw error;
      name = error.code;
    }
    const { user, system } = process.cpuUsage(started);
    const took = (user + system) / 1000;
    expect(took, `run ${run}`).toBeLessThan(MAX_MS);
    this.slowestMs = Math.max(this.slowestMs, Math.round(took));
    this.counts[name] = (this.counts[name] ?? 0) + 1;
    return name === "accepted";
  }

  /** Growth of the peak of the process, which the runner shares. */
  get grownBytes(): number {
    return (process.resourceUsage().maxRSS - this.#rss) * 1024;
  }

  get all(): Record<string, number> {
    const { counts, slowestMs, grownBytes } = this;
    return { ...counts, "slowest ms": slowestMs, "MB more": Math.round(grownBytes / 1e6) };
  }
}

describe("archives that were changed", () => {
  const BYTES = campaign("mutated bytes", { gate: 150, full: 20_000, msPerRun: 100 });
  test("and not sealed anew are never accepted", { timeout: BYTES.timeoutMs }, async () => {
    const outcomes = new Outcomes();
    for (let run = 0; run < BYTES.runs; run++) {
      const random = BYTES.random(run);
      const { bytes, other } = chosen(random);
      const mutated = mutateBytes(bytes, random, other);
      if (mutated.equals(bytes) || mutated.equals(other)) continue;
      const isAccepted = await outcomes.add(run, () => new MemoryStore(mutated));
      expect(isAccepted, `run ${run}`).toBe(false);
    }
    BYTES.print(outcomes.all);
    expect(outcomes.grownBytes).toBeLessThan(MAX_BYTES);
  });

  const SEALED = campaign("mutated members", { gate: 150, full: 60_000, msPerRun: 100 });
  test("and sealed anew hold what their checksums say", { timeout: SEALED.timeoutMs }, async () => {
    const outcomes = new Outcomes();
    for (let run = 0; run < SEALED.runs; run++) {
      const random = SEALED.random(run);
      const { parts, what } = await mutateMember(chosen(random).parts, random);
      const mutated = await putTogether(parts);
      const isAccepted = await outcomes.add(run, () => new MemoryStore(mutated));
      if (!isAccepted) continue;
      expect(await contents(new MemoryStore(mutated)), `run ${run}: ${what}`).toBe(intended(parts));
    }
    SEALED.print(outcomes.all);
    expect(outcomes.grownBytes).toBeLessThan(MAX_BYTES);
  });

  const SIGNED = campaign("mutated signed archives", { gate: 100, full: 18_000, msPerRun: 100 });
  test("do not pass for signed ones", { timeout: SIGNED.timeoutMs }, async () => {
    const outcomes = new Outcomes();
    for (let run = 0; run < SIGNED.runs; run++) {
      const random = SIGNED.random(run);
      const original = chosen(random);
      const { parts, what } = await mutateMember(original.parts, random);
      const mutated = await putTogether(parts);
      const isAccepted = await outcomes.add(run, () =>
        requireSigned(new MemoryStore(mutated), verifyKeys),
      );
      if (isAccepted)
        expect(await contents(new MemoryStore(mutated)), `run ${run}: ${what}`).toBe(
          intended(original.parts),
        );
    }
    SIGNED.print(outcomes.all);
  });

  const ENCRYPTED = campaign("mutated encrypted archives", { gate: 50, full: 2000, msPerRun: 200 });
  test("and were encrypted are never accepted", { timeout: ENCRYPTED.timeoutMs }, async () => {
    const outcomes = new Outcomes();
    const encrypted = new MemoryStore();
    const identity = await generateX25519Identity();
    const recipients = [await identityToRecipient(identity)];
    const sink = await encryptArchive(encrypted, { recipients }).create();
    await sink.write(originals[0]!.bytes);
    await sink.commit();
    for (let run = 0; run < ENCRYPTED.runs; run++) {
      const random = ENCRYPTED.random(run);
      const mutated = mutateBytes(encrypted.bytes, random, originals[0]!.bytes);
      if (mutated.equals(encrypted.bytes) || mutated.equals(originals[0]!.bytes)) continue;
      const isAccepted = await outcomes.add(run, () =>
        decryptArchive(new MemoryStore(mutated), { identities: [identity] }),
      );
      expect(isAccepted, `run ${run}`).toBe(false);
    }
    ENCRYPTED.print(outcomes.all);
  });
});
