/** The selected objects, rows and sequences of an archive as steps, in the order in which they run. Pure. */
import type {
  ManifestObject,
  ManifestRelation,
  ManifestSequence,
} from "../../archive/format/manifest.ts";
import { PRIVILEGE_KINDS } from "../../archive/format/ownership.ts";
import { qualify } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { type CopyRows, copyRows } from "./copy-rows.ts";
import { type IndexBuild, indexBuild } from "./index-memory.ts";
import type { Selection } from "./selection.ts";
import { elsewhereNote } from "./hints.ts";

export interface StatementStep {
  /** Its statements run one after the other. */
  readonly object: ManifestObject;
  /** Whether the object may exist in the target already; it is left as it is then. */
  readonly mayExist: boolean;
  /** When it builds an index that has its own memory. */
  readonly index: IndexBuild | undefined;
  /** Whether its statements can end SET ROLE: they grant as other roles, under SET SESSION AUTHORIZATION. */
  readonly mayEndRole: boolean;
}

/** A relation, and the statements that copy its rows. */
export interface DataStep extends CopyRows {
  readonly relation: ManifestRelation;
  /** Encoding of the rows. */
  readonly encoding: string;
  /** Why the rows may be refused; undefined without a special reason. */
  readonly hint: string | undefined;
}

export interface Steps {
  readonly preData: readonly StatementStep[];
  readonly rows: readonly DataStep[];
  /** Statements that set the positions of sequences. */
  readonly sequences: readonly string[];
  readonly postData: readonly StatementStep[];
}

export interface StepOptions {
  /** Encoding of the archive's rows. */
  readonly encoding: string;
  /** Why rows may be refused; undefined without a special reason. */
  readonly rowHint: string | undefined;
  /** Whether a relation's rows may be frozen. */
  readonly mayFreeze: (relation: ManifestRelation) => boolean;
  /** Whether indexes have their own memory. */
  readonly tune: boolean;
}

/** Sequences set in one statement. */
const BATCH = 500;

/** @param relations the selected relations in the order in which their rows are loaded. */
export function restoreSteps(
  selection: Selection,
  relations: readonly ManifestRelation[],
  options: StepOptions,
): Steps {
  const bytes = new Map(relations.map((relation) => [relation.object, relation.bytes]));
  const tableBytes = ({ parent }: ManifestObject): number =>
    options.tune ? (bytes.get(parent) ?? 0) : 0;
  const statements = (section: ManifestObject["section"]): StatementStep[] =>
    selection.objects
      .filter((object) => object.section === section && object.statements.length > 0)
      .map((object) => ({
        object,
        mayExist: selection.needed.has(object.id),
        index: indexBuild(object.accessMethod, tableBytes(object)),
        mayEndRole: PRIVILEGE_KINDS.has(object.kind),
      }));
  return {
    preData: statements("pre-data"),
    rows: relations.map((relation) => ({
      relation,
      ...copyRows(relation, relation, {
        encoding: options.encoding,
        freeze: options.mayFreeze(relation),
      }),
      encoding: options.encoding,
      hint: options.rowHint ?? elsewhereNote(relation),
    })),
    sequences: setvals(selection.sequences),
    postData: statements("post-data"),
  };
}

function setvals(sequences: readonly ManifestSequence[]): string[] {
  const calls = sequences.map(
    ({ namespace, name, lastValue, isCalled }) =>
      `pg_catalog.setval(${quoteLiteral(qualify(namespace, name))}::pg_catalog.regclass, ${quoteLiteral(lastValue)}::pg_catalog.int8, ${isCalled})`,
  );
  return Array.from(
    { length: Math.ceil(calls.length / BATCH) },
    (_, i) => `SELECT ${calls.slice(i * BATCH, (i + 1) * BATCH).join(", ")}`,
  );
}
