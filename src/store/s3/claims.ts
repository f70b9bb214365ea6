/**
 * Claims: who is writing a name, or holds the lock of a folder. Conditions on requests are not honoured by every store, even
 * where it answers 200, but all list what was written before. So each writer lays an object of its own beside the name, then
 * lists them all: of two writers, the later one sees the earlier. Whoever sees another living claim withdraws. The claim of a
 * dead run has a key of its own, so removing it can never remove another's.
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { HeldBy, Lock } from "../folder.ts";
import { lockedError } from "../locked-error.ts";
import {
  describeThisProcess,
  judgeLock,
  type LockFile,
  type LockRecord,
  type LockState,
} from "../lock-record.ts";
import type { S3Bucket } from "./bucket.ts";

/** How often a holder writes its claim again. */
const HEARTBEAT_MS = 30_000;
/** Two that began at the same time both withdraw; each waits for another time before it tries again. */
const ATTEMPTS = 5;
const WAIT_MS = 400;
/** A claim that is older was there before. */
const SIMULTANEOUS_MS = 5_000;

/** A process that still runs, and has not renewed its claim for so long, does not reach the store any more. */
const ABANDONED_MS = 10 * 60_000;
/** Tokens of claims of this process that it could not remove: the store did not answer. */
const abandoned = new Set<string>();

export const CLAIM_PREFIX = ".nexushub-dump.claim.";

/** A claim that lies in a folder. */
export interface Claim extends HeldBy {
  readonly key: string;
  /** What it claims, as `claimStem` says. */
  readonly stem: string;
  readonly modified: Date;
}

/** The part of a claim's key that says what it is for. A name may be too long to stand in a key itself. */
export function claimStem(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 16);
}

export class Claims {
  readonly #bucket: S3Bucket;
  /** Before the names of the folder: empty, or ending in a slash. */
  readonly #prefix: string;
  readonly #addressOf: (key: string) => string;

  constructor(bucket: S3Bucket, prefix: string, addressOf: (key: string) => string) {
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#addressOf = addressOf;
  }

  /**
   * Claims a name, and removes the claims of dead runs on it.
   * @throws NexushubDumpError (BUSY) only when another run holds it.
   */
  async take(name: string): Promise<Lock> {
    for (let attempt = 1; ; attempt++) {
      const self = await describeThisProcess();
      const stem = claimStem(name);
      const key = `${this.#prefix}${CLAIM_PREFIX}${stem}.${self.token}`;
      const body = Buffer.from(JSON.stringify(self));
      const claim = new HeldClaim(this.#bucket, {
        key,
        body,
        token: self.token,
        isRival: () => this.#rival(stem, key),
      });
      await this.#bucket.put(key, body);
      let rival: Claim | null;
      try {
        rival = await this.#rival(stem, key);
      } catch (error) {
        await claim.release();
        throw error;
      }
      if (rival === null) return claim.start();
      await claim.release();
      const age = this.#bucket.client.now().getTime() - rival.modified.getTime();
      if (age > SIMULTANEOUS_MS || attempt === ATTEMPTS) throw lockedError(rival);
      await sleep(WAIT_MS * attempt * (1 + Math.random()));
    }
  }

  /** A living claim of somebody else on the same name. Those of dead runs are removed. */
  async #rival(stem: string, key: string): Promise<Claim | null> {
    for (const claim of await this.read(stem)) {
      if (claim.key === key) continue;
      if (claim.state !== "dead") return claim;
      await this.#bucket.remove(claim.key);
    }
    return null;
  }

  /** Who holds a name; null when nobody does. */
  async holder(name: string): Promise<Claim | null> {
    const claims = await this.read(claimStem(name));
    return claims.find(({ state }) => state !== "dead") ?? claims[0] ?? null;
  }

  /** Removes all claims on a name. */
  async removeAll(name: string): Promise<void> {
    for (const { key } of await this.read(claimStem(name))) await this.#bucket.remove(key);
  }

  async #judge(file: LockFile, self: LockRecord): Promise<LockState> {
    const nowMs = this.#bucket.client.now().getTime();
    if (abandoned.has(file.record?.token ?? "")) return "dead";
    return nowMs - file.modifiedMs > ABANDONED_MS ? "dead" : judgeLock(file, self, nowMs);
  }

  /** The claims in the folder, on everything or on one name. */
  async read(stem = ""): Promise<Claim[]> {
    const self = await describeThisProcess();
    const begin = `${this.#prefix}${CLAIM_PREFIX}${stem}`;
    const claims: Claim[] = [];
    for (const { key, modified } of await this.#bucket.list(begin)) {
      const body = await this.#bucket.get(key);
      if (body === null) continue;
      const { parseLockRecord } = await import("../parse-lock-record.ts");
      const record: LockRecord | null = parseLockRecord(body.toString("utf8"));
      const path = this.#addressOf(key);
      const file = { path, token: key, record, modifiedMs: modified.getTime() };
      const state = await this.#judge(file, self);
      const rest = key.slice(this.#prefix.length + CLAIM_PREFIX.length);
      claims.push({ key, path, record, state, modified, stem: rest.split(".")[0]! });
    }
    return claims;
  }
}

interface ClaimFacts {
  readonly key: string;
  readonly body: Buffer;
  readonly token: string;
  readonly isRival: () => Promise<Claim | null>;
}

class HeldClaim implements Lock {
  readonly #bucket: S3Bucket;
  readonly #facts: ClaimFacts;
  #heartbeat: NodeJS.Timeout | undefined;
  #isLost = false;
  #beat: Promise<void> = Promise.resolve();

  constructor(bucket: S3Bucket, facts: ClaimFacts) {
    this.#bucket = bucket;
    this.#facts = facts;
  }

  /** Begins to renew the claim's time. */
  start(): this {
    this.#heartbeat = setInterval(() => {
      this.#beat = this.#renew().catch(() => undefined);
    }, HEARTBEAT_MS);
    this.#heartbeat.unref();
    return this;
  }

  /** A claim that somebody removed is lost, and must not come back. */
  async #renew(): Promise<void> {
    const { key, body } = this.#facts;
    if ((await this.#bucket.head(key)) === null) this.#isLost = true;
    if (!this.#isLost) await this.#bucket.put(key, body);
  }

  async isHeld(): Promise<boolean> {
    const { key, isRival } = this.#facts;
    if (this.#isLost || (await this.#bucket.head(key)) === null) return false;
    return (await isRival()) === null;
  }

  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#beat;
    const { key, token } = this.#facts;
    // The next run recognizes the claim of a dead process, and one of this process that was to be removed.
    await this.#bucket.remove(key).catch(() => void abandoned.add(token));
  }
}
