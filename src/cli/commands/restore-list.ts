/** `restore --list`: what a restore would do, in order, from the archive alone. */
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import { UsageError } from "../../errors.ts";
import { openArchive } from "../../archive/reader.ts";
import { selectFromArchive } from "../../restore/decide/selection.ts";
import { definedRoles } from "../../restore/decide/roles.ts";
import { objectLine, positionLine, rowsLine } from "../../restore/decide/restore-list.ts";
import { restoreSettings } from "../../restore/defaults.ts";
import type { RestoreOptions } from "../../restore/options.ts";
import { formatCount } from "../../util/format.ts";
import type { CommandContext } from "../command.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { DONE } from "../exit-codes.ts";
import { withOperand } from "../plain-operand.ts";

export async function listRestore(
  context: CommandContext,
  options: DecryptionOptions,
  file: string | undefined,
  restoreOptions: RestoreOptions,
): Promise<number> {
  return withOperand(context, file, options, ({ archive, isPlain }) => {
    if (isPlain) {
      throw new UsageError("a plain dump has no list of objects: --list is for archives", {
        hint: "inspect shows what the dump holds; for a list, restore it into an empty database and dump that",
      });
    }
    return listArchive(context, archive, restoreOptions);
  });
}

async function listArchive(
  { console, signal }: CommandContext,
  archive: ArchiveOrigin,
  restoreOptions: RestoreOptions,
): Promise<number> {
  const reader = await openArchive(archive, { signal, rows: false });
  try {
    const settings = restoreSettings(restoreOptions);
    const selected = selectFromArchive(reader.manifest, settings);
    const result = {
      objects: selected.objects.map(({ kind, namespace, name, section }) => ({
        kind,
        namespace,
        name,
        section,
      })),
      relations: selected.relations.map(({ namespace, name, rows }) => ({ namespace, name, rows })),
      roles: definedRoles(reader.manifest, settings).map(({ name }) => name),
      sequences: selected.sequences.map(({ namespace, name }) => ({ namespace, name })),
    };
    console.result(result, listText(result));
    return DONE;
  } finally {
    await reader.close();
  }
}

interface List {
  readonly roles: readonly string[];
  readonly objects: readonly {
    readonly kind: string;
    readonly namespace: string | null;
    readonly name: string;
    readonly section: string;
  }[];
  readonly relations: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly rows: number;
  }[];
  readonly sequences: readonly { readonly namespace: string; readonly name: string }[];
}

function listText({ roles, objects, relations, sequences }: List): string {
  const inSection = (section: string): string[] =>
    objects.filter((object) => object.section === section).map(objectLine);
  return [
    // A comment of the list: roles are made or not, all of them.
    ...roles.map((role) => `; role ${role}`),
    ...inSection("pre-data"),
    ...relations.map((relation) => `${rowsLine(relation)} (${formatCount(relation.rows)})`),
    ...sequences.map(positionLine),
    ...inSection("post-data"),
  ].join("\n");
}
