/**
 * Checks a manifest against itself and against the file that it describes, beyond what its schema can express. Takes
 * time and memory linear in the manifest.
 */
import { MAX_FORMAT_ENTRY_BYTES, MAX_TEXT_ENTRY_BYTES } from "../../limits.ts";
import { checkRelations } from "./check-relations.ts";
import { checkStatistics } from "./check-statistics.ts";
import { checkTypes } from "./check-types.ts";
import { contradiction, uniqueValues } from "./contradiction.ts";
import { FORMAT_ENTRY, MANIFEST_ENTRY, isTextEntry, parseDataEntry } from "./entry-names.ts";
import type { Manifest, ManifestEntry } from "./manifest.ts";

/** Hex digits of an ed25519 signature (RFC 8032: 64 bytes). */
const ED25519_DIGITS = 128;

/**
 * @param manifestOffset where the manifest's own member begins, in stored bytes.
 * @throws ArchiveError naming "manifest", only when the manifest contradicts itself or the file.
 */
export function checkManifest(manifest: Manifest, manifestOffset: number): void {
  checkEntries(manifest.entries, manifestOffset);
  checkOptions(manifest);
  checkObjects(manifest);
  checkRoles(manifest);
  checkRelations(manifest);
  checkTypes(manifest);
  checkStatistics(manifest);
}

function checkEntries(entries: readonly ManifestEntry[], manifestOffset: number): void {
  let end = 0;
  for (const { name, offset, length, size } of entries) {
    if (offset !== end) contradiction(`entry ${name} does not begin where the one before it ends`);
    if (length === 0) contradiction(`entry ${name} is empty`);
    end += length;
    if (isTextEntry(name)) {
      const most = name === FORMAT_ENTRY ? MAX_FORMAT_ENTRY_BYTES : MAX_TEXT_ENTRY_BYTES;
      if (size > most) contradiction(`entry ${name} is too large`);
    } else if (parseDataEntry(name) === undefined) {
      contradiction(`${JSON.stringify(name)} is not a name that an entry can have`);
    }
  }
  if (end !== manifestOffset)
    contradiction(`the entries do not end where ${MANIFEST_ENTRY} begins`);
  if (entries[0]?.name !== FORMAT_ENTRY) contradiction(`the first entry is not ${FORMAT_ENTRY}`);
  uniqueValues(
    entries.map(({ name }) => name),
    "entry",
  );
}

/** Facts about the whole archive. */
function checkOptions(manifest: Manifest): void {
  const { options, partial, server, base, signature, relations, warnings } = manifest;
  const sections = uniqueValues(options.sections, "section");
  const hasSchema = sections.has("pre-data") || sections.has("post-data");
  if (options.schemaOnly === sections.has("data") || options.dataOnly === hasSchema) {
    contradiction("it lists other sections than its options say");
  }
  if (!partial) {
    if (sections.size < 3) contradiction("it claims to be complete, and a section is missing");
    if (options.selection.length > 0) contradiction("it claims to be complete, and was selected");
    if (
      relations.some(
        ({ where, sample, masked }) => where !== null || sample !== null || masked.length > 0,
      )
    ) {
      contradiction("it claims to be complete, and rows or values are missing");
    }
    if (warnings.some(({ code }) => code === "unsupported-object")) {
      contradiction("it claims to be complete, and an object was left out");
    }
  }
  if (options.reproducible && (server !== null || base !== null)) {
    contradiction("it is reproducible, and records a server or a base");
  }
  if (signature?.scheme === "ed25519" && signature.value.length !== ED25519_DIGITS) {
    contradiction("its signature does not have the length of its scheme");
  }
}

function checkObjects({ objects, relations, sequences, options }: Manifest): void {
  const ids = new Set<number>();
  for (const { id, requires, section } of objects) {
    if (ids.has(id)) contradiction(`object ${id} occurs twice`);
    if (!options.sections.includes(section)) {
      contradiction(`object ${id} is of section ${section}, which was not dumped`);
    }
    for (const required of requires) {
      if (!ids.has(required))
        contradiction(`object ${id} requires ${required}, which does not come before it`);
    }
    ids.add(id);
  }
  for (const { id, parent } of objects) {
    if (parent !== null && !ids.has(parent))
      contradiction(`object ${id} is part of ${parent}, which is missing`);
  }
  if (!options.sections.includes("data") && relations.length + sequences.length > 0) {
    contradiction("it holds rows or sequence positions, and no data was dumped");
  }
  for (const { object, name } of [...relations, ...sequences]) {
    if (object !== null && !ids.has(object))
      contradiction(`${name} is created by object ${object}, which is missing`);
  }
}

/** Names that begin so belong to the server. */
const PREDEFINED = /^pg_/;

function checkRoles({ roleDefinitions = [], options }: Manifest): void {
  const names = roleDefinitions.map(({ name }) => name);
  uniqueValues(names, "role");
  const predefined = names.find((name) => PREDEFINED.test(name));
  if (predefined !== undefined) contradiction(`it defines ${predefined}, a role of the server`);
  if (roleDefinitions.length > 0 && options.dataOnly)
    contradiction("it defines roles, and holds no statements that name any");
}
