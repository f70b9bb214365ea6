/** `restore --list`: what a restore would do, in order, from the archive alone. */
import { openArchive } from "../../archive/reader.ts";
import { selectFromArchive } from "../../restore/decide/selection.ts";
import type { RestoreSection } from "../../restore/options.ts";
import { qualify } from "../../sql/ident.ts";
import { formatCount } from "../../util/format.ts";
import { archiveOf } from "../archive-operand.ts";
import type { CommandContext } from "../command.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { DONE } from "../exit-codes.ts";

export interface ListOptions extends DecryptionOptions {
  readonly schemaOnly?: boolean;
  readonly dataOnly?: boolean;
  readonly section?: RestoreSection[];
  readonly table?: string[];
  readonly owner?: boolean;
  readonly privileges?: boolean;
}

export async function listRestore(
  { io, console, signal }: CommandContext,
  options: ListOptions,
  file: string | undefined,
): Promise<number> {
  const reader = await openArchive(await archiveOf(file, io, options), { signal });
  try {
    const selected = selectFromArchive(reader.manifest, {
      schemaOnly: options.schemaOnly ?? false,
      dataOnly: options.dataOnly ?? false,
      sections: options.section,
      owner: options.owner ?? false,
      privileges: options.privileges ?? false,
      tables: options.table ?? [],
      searchPath: ["public"],
    });
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
    objects
      .filter((object) => object.section === section)
      .map(({ kind, namespace, name }) =>
        [kind, ...(namespace === null ? [] : [namespace]), name].join(" "),
      );
  return [
    ...inSection("pre-data"),
    ...relations.map(
      ({ namespace, name, rows }) => `rows ${qualify(namespace, name)} (${formatCount(rows)})`,
    ),
    ...sequences.map(({ namespace, name }) => `position ${qualify(namespace, name)}`),
    ...inSection("post-data"),
  ].join("\n");
}
