/** What tells templates apart: everything that decides what is in one. Pure. */
import { createHash } from "node:crypto";
import type { Manifest } from "../archive/format/manifest.ts";
import type { FixtureOptions } from "./options.ts";

export interface TemplateContents {
  /** Null for an empty database. The manifest holds the checksums of all rows. */
  readonly manifest: Manifest | null;
  readonly restore: FixtureOptions["restore"];
  readonly prepareKey: string | undefined;
  /** The digest of the migrations; null without. */
  readonly migrations: string | null;
  /** Whether `prepare` ran, and not this package, what the migrations say. */
  readonly isPrepared: boolean;
  /** Each login owns its templates. */
  readonly login: string;
}

/** 16 hex digits. */
export function templateKey(contents: TemplateContents): string {
  const { manifest, restore, prepareKey, migrations, isPrepared, login } = contents;
  const { owner = false, privileges = false, tables = [], schemaOnly = false } = restore ?? {};
  return createHash("sha256")
    .update(
      JSON.stringify([
        manifest,
        [owner, privileges, tables, schemaOnly],
        prepareKey ?? null,
        migrations,
        isPrepared,
        login,
      ]),
    )
    .digest("hex")
    .slice(0, 16);
}
