/** `restore --list`: what a restore would do, in order, from the archive alone. */
import { openArchive } from "../../archive/reader.ts";
import { selectFromArchive } from "../../restore/decide/selection.ts";
import { objectLine, positionLine, rowsLine } from "../../restore/decide/restore-list.ts";
import { restoreSettings } from "../../restore/defaults.ts";
import type { RestoreOptions } from "../../restore/options.ts";
import { formatCount } from "../../util/format.ts";
import { archiveOf } from "../archive-operand.ts";
import type { CommandContext } from "../command.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { DONE } from "../exit-codes.ts";

export async function listRestore(
  { io, console, signal }: CommandContext,
  options: DecryptionOptions,
  file: string | undefined,
  restoreOptions: RestoreOptions,
): Promise<number> {
  const archive = await archiveOf(file, io, options);
  const reader = await openArchive(archive, { signal, rows: false });
  try {
    const selected = selectFromArchive(reader.manifest, restoreSettings(restoreOptions));
    const result = {
      objects: selected.objects.map(({ kind, namespace, name, section }) => ({
        kind,
        namespace,
        name,
        section,
      })),
      relations: selected.relations.map(({ namespace, name, rows }) => ({ namespace, name, rows })),
      sequences: selected.sequences.map(({ namespace, name }) => ({ namespace, name })),
    };
    console.result(result, listText(result));
    return DONE;
  } finally {
    await reader.close();
  }
}

interface List {
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

function listText({ objects, relations, sequences }: List): string {
  const inSection = (section: string): string[] =>
    objects.filter((object) => object.section === section).map(objectLine);
  return [
    ...inSection("pre-data"),
    ...relations.map((relation) => `${rowsLine(relation)} (${formatCount(relation.rows)})`),
    ...sequences.map(positionLine),
    ...inSection("post-data"),
  ].join("\n");
}
