/**
 * A plain dump as the manifest that an archive of the same contents would have, without statements: so the same decisions hold for
 * both, what is in the way, what `force` drops, and what the server lacks. Pure.
 */
import type { Manifest, ManifestObject, ManifestRelation } from "../../archive/format/manifest.ts";
import type { OwnershipCounts } from "../../archive/format/ownership.ts";
import type { Selection } from "../../restore/decide/selection.ts";
import type { DumpScan, FilledTable } from "../read/tally.ts";

export interface DumpAsArchive {
  readonly manifest: Manifest;
  readonly selection: Selection;
}

export interface OwnershipOptions {
  readonly owner: boolean;
  readonly privileges: boolean;
}

/** A dump of `pg_dump --data-only` creates nothing but large objects. */
export function isDataOnly({ created, tables }: DumpScan): boolean {
  return tables.length > 0 && created.every(({ kind }) => kind === "large-object");
}

export function asArchive(scan: DumpScan, options: OwnershipOptions): DumpAsArchive {
  const dataOnly = isDataOnly(scan);
  const objects = objectsOf(scan, options);
  const relations = scan.tables.map(relationOf);
  return {
    manifest: { ...manifestOf(scan, dataOnly), objects, relations },
    selection: {
      objects: dataOnly ? [] : objects,
      relations,
      sequences: [],
      // A dump does not say what was left out of it.
      everything: true,
      needed: new Set(),
      leftOut: leftOut(scan, options),
      warnings: [],
    },
  };
}

function leftOut({ contents }: DumpScan, { owner, privileges }: OwnershipOptions): OwnershipCounts {
  return {
    owners: owner ? 0 : contents.owners,
    privileges: privileges ? 0 : contents.privileges,
  };
}

function objectsOf(scan: DumpScan, { owner, privileges }: OwnershipOptions): ManifestObject[] {
  const object = (
    { kind, namespace, name }: Pick<ManifestObject, "kind" | "namespace" | "name">,
    roles: readonly string[],
    id: number,
  ): ManifestObject => ({
    id,
    kind,
    namespace,
    name,
    section: "pre-data",
    statements: [],
    requires: [],
    parent: null,
    features: [],
    accessMethod: null,
    roles: [...roles],
  });
  const ownership = [
    ...(owner ? [["owner", scan.owners] as const] : []),
    ...(privileges ? [["privileges", scan.grantees] as const] : []),
  ].filter(([, roles]) => roles.length > 0);
  return [
    ...scan.created.map((created, id) => object(created, [], id)),
    ...ownership.map(([kind, roles], i) =>
      object({ kind, namespace: null, name: kind }, roles, scan.created.length + i),
    ),
  ];
}

function relationOf(
  { namespace, name, columns, rows, bytes }: FilledTable,
  number: number,
): ManifestRelation {
  return {
    number,
    kind: "table",
    namespace,
    name,
    columns: [...columns],
    generated: [],
    rows,
    bytes,
    parts: [],
    where: null,
    sample: null,
    masked: [],
    object: null,
    primaryKey: [],
    loadThrough: null,
    units: null,
  };
}

function manifestOf({ contents }: DumpScan, dataOnly: boolean): Manifest {
  return {
    format: 2,
    tool: { name: "nexushub-dump", version: "" },
    createdAt: null,
    purpose: "backup",
    partial: false,
    database: {
      name: null,
      encoding: "UTF8",
      collate: null,
      ctype: null,
      localeProvider: null,
      locale: null,
      icuRules: null,
      collationVersion: null,
      serverVersion: contents.serverVersion,
      serverVersionNum: versionNum(contents.serverVersion),
    },
    server: null,
    base: null,
    options: {
      compression: "none",
      reproducible: true,
      sections: ["pre-data", "data", "post-data"],
      schemaOnly: false,
      dataOnly,
      owner: true,
      privileges: true,
      selection: [],
    },
    roles: [],
    objects: [],
    relations: [],
    sequences: [],
    warnings: [],
    key: null,
    signature: null,
    entries: [],
  };
}

/** `16.4 (Debian …)` as `server_version_num` has it; null for what reads in no such way. */
function versionNum(version: string | null): number | null {
  const match = /^(\d+)(?:\.(\d+))?/.exec(version ?? "");
  return match === null ? null : Number(match[1]) * 10_000 + Number(match[2] ?? 0);
}
