/** Demo data: users, their sessions, chains of refresh tokens, and API keys. */
import { seal } from "../keys/sealed-value.ts";
import type { Random } from "./random.ts";
import {
  FIRST_NAMES,
  HOSTILE_TEXTS,
  cut,
  LAST_NAMES,
  ipAddress,
  plain,
  userAgent,
} from "./text.ts";
import {
  bool,
  bytea,
  days,
  minutes,
  textArray,
  timestamp,
  type Field,
  type DemoTable,
} from "./values.ts";

const USERS = 120;
const SESSIONS = 600;
const API_KEYS = 80;
const TOKEN_LIFETIME_MS = days(30);

export interface People {
  readonly users: readonly string[];
  readonly apiKeys: readonly string[];
  readonly tables: readonly DemoTable[];
}

/** Encodes in base32 (RFC 4648), the form of TOTP secrets; 20 bytes need no padding. */
function base32(bytes: Uint8Array): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(value >>> (bits - 5)) & 31];
    value &= (1 << bits) - 1;
  }
  return text;
}

function totpSecret(random: Random, key: Uint8Array): string {
  const secret = base32(random.bytes(20));
  return bytea(seal("users.totp_secret", key, Buffer.from(secret), random.bytes(12)));
}

function users(random: Random, key: Uint8Array, now: number): { ids: string[]; rows: Field[][] } {
  const ids: string[] = [];
  const rows = Array.from({ length: USERS }, (_, i) => {
    const [first, last] = [random.pick(FIRST_NAMES), random.pick(LAST_NAMES)];
    const id = random.uuid();
    ids.push(id);
    const createdAt = now - days(random.between(30, 900)) - random.next() / 1000;
    const totp = random.chance(0.4) ? totpSecret(random, key) : null;
    const unpadded = (bytes: number): string =>
      random.bytes(bytes).toString("base64").replaceAll("=", "");
    const locked = random.chance(0.05);
    return [
      id,
      // citext keeps the case of an address, and ignores it in comparisons.
      i % 3 === 0 ? `${first}.${last}+${i}@Example.org` : `${plain(first)}${i}@example.net`,
      i === 0 ? "admin" : `${plain(first)}.${plain(last)}-${i}`,
      `$argon2id$v=19$m=65536,t=3,p=2$${unpadded(16)}$${unpadded(32)}`,
      i === 0 ? "super_admin" : i < 8 ? "admin" : "user",
      bool(i < 8 || random.chance(0.9)),
      totp,
      bool(totp !== null && random.chance(0.8)),
      random.chance(0.8) ? timestamp(now - days(random.below(30)) - random.next() / 1000) : null,
      String(locked ? random.between(5, 9) : random.below(2)),
      locked ? timestamp(now + minutes(15)) : null,
      timestamp(createdAt),
      timestamp(createdAt + random.below(1_000_000_000)),
    ];
  });
  return { ids, rows };
}

/** Generates sessions, each with a chain of tokens: every token but the last was exchanged for the next one. */
function sessions(
  random: Random,
  userIds: readonly string[],
  now: number,
): { sessions: Field[][]; tokens: Field[][] } {
  const rows: Field[][] = [];
  const tokens: Field[][] = [];
  for (let i = 0; i < SESSIONS; i++) {
    const [id, user] = [random.uuid(), random.pick(userIds)];
    const begun = now - days(random.between(1, 60)) - random.next() / 1000;
    const revoked = random.chance(0.3) ? begun + minutes(random.between(10, 5000)) : null;
    const length = random.between(1, 8);
    let parent: string | null = null;
    for (let n = 0; n < length; n++) {
      const token = random.uuid();
      const issued = begun + minutes(15 * n);
      const last = n === length - 1;
      tokens.push([
        token,
        id,
        user,
        bytea(random.bytes(32)),
        parent,
        timestamp(issued),
        timestamp(issued + TOKEN_LIFETIME_MS),
        last ? null : timestamp(issued + minutes(15)),
        last && revoked !== null ? timestamp(revoked) : null,
      ]);
      // Where an old token was deleted, ON DELETE SET NULL cut the chain.
      parent = random.chance(0.03) ? null : token;
    }
    rows.push([
      id,
      user,
      random.chance(0.9) ? ipAddress(random) : null,
      userAgent(random),
      timestamp(begun),
      timestamp(begun + minutes(15 * length)),
      revoked === null ? null : timestamp(revoked),
    ]);
  }
  return { sessions: rows, tokens };
}

function apiKeys(
  random: Random,
  userIds: readonly string[],
  now: number,
): { ids: string[]; rows: Field[][] } {
  const scopes = [
    "peers:read",
    "peers:write",
    "rules:read",
    "audit:read",
    "*",
    'odd "scope", \\ {}',
  ];
  const ids: string[] = [];
  const rows = Array.from({ length: API_KEYS }, (_, i) => {
    const id = random.uuid();
    ids.push(id);
    const createdAt = now - days(random.between(1, 400));
    const used = random.chance(0.7);
    return [
      id,
      random.pick(userIds),
      i % 10 === 0 ? `${cut(random.pick(HOSTILE_TEXTS), 80)} ${i}` : `deploy key ${i}`,
      bytea(random.bytes(32)),
      `nxh_${random.bytes(4).toString("hex")}`,
      textArray(scopes.filter(() => random.chance(0.3))),
      used ? timestamp(now - minutes(random.below(100_000))) : null,
      used ? ipAddress(random) : null,
      random.chance(0.5) ? timestamp(createdAt + days(365)) : null,
      random.chance(0.1) ? timestamp(createdAt + days(1)) : null,
      timestamp(createdAt),
    ];
  });
  return { ids, rows };
}

/** Generates the tables, each after those that it refers to. */
export function people(random: Random, key: Uint8Array, now: number): People {
  const people = users(random, key, now);
  const { sessions: sessionRows, tokens } = sessions(random, people.ids, now);
  const keys = apiKeys(random, people.ids, now);
  return {
    users: people.ids,
    apiKeys: keys.ids,
    tables: [
      {
        table: "users",
        columns:
          "id email username password_hash role is_active totp_secret totp_enabled last_login_at failed_logins locked_until created_at updated_at".split(
            " ",
          ),
        rows: people.rows,
      },
      {
        table: "sessions",
        columns: "id user_id ip_addr user_agent created_at last_seen_at revoked_at".split(" "),
        rows: sessionRows,
      },
      {
        table: "refresh_tokens",
        columns:
          "id session_id user_id token_hash parent_id issued_at expires_at used_at revoked_at".split(
            " ",
          ),
        rows: tokens,
      },
      {
        table: "api_keys",
        columns:
          "id user_id name token_hash token_prefix scopes last_used_at last_used_ip expires_at revoked_at created_at".split(
            " ",
          ),
        rows: keys.rows,
      },
    ],
  };
}
