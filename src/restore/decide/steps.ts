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
import { objectLabel } from "../../util/label.ts";
import { elsewhereNote, mappingNote } from "./hints.ts";

export interface StatementStep {
  /** Its statements run one after the other. */
  readonly object: ManifestObject;
  /** Whether the object may exist in the target already; it is left as it is then. */
  readonly mayExist: boolean;
  /** When it builds an index that has its own memory. */
  readonly index: IndexBuild | undefined;
  /** Whether its statements can end SET ROLE: they grant as other roles, under SET SESSION AUTHORIZATION. */
  readonly mayEndRole: boolean;
  /** Why its statements may fail; undefined without a reason of its own. */
  readonly hint: string | undefined;
}

/** A relation, and the statements that copy its rows. */
export interface DataStep extends CopyRows {
  readonly relation: ManifestRelation;
  /** Encoding of the rows. */
  readonly encoding: string;
  /** Why the rows may be refused; undefined without a special reason. */
  readonly hint: string | undefined;
  /** What to do where they refer to rows that are not there; undefined without a special reason. */
  readonly referencesHint?: string | undefined;
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
  /** What of the archive's database is missing in it, by the label of the object that needs it. */
  readonly unselected: ReadonlyMap<string, string>;
  /** What to do where rows refer to others that are not there, by the table that they go to, as SQL names it. */
  readonly referencesHints: ReadonlyMap<string, string>;
  /** Whether a relation's rows may be frozen. */
  readonly mayFreeze: (relation: ManifestRelation) => boolean;
  /** Whether indexes have their own memory. */
  readonly tune: boolean;
}

/** Why objects of a kind fail on another server. */
const KIND_HINTS: Readonly<Record<string, string>> = {
  collation: "where the server does not know this locale, install it on the server's host",
};

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
        hint:
          options.unselected.get(objectLabel(object)) ??
          KIND_HINTS[object.kind] ??
          mappingNote(object),
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
      referencesHint: options.referencesHints.get(qualify(relation.namespace, relation.name)),
    })),
    sequences: setvals(selection.sequences),
    postData: statements("post-data"),
  };
}

/** Kinds that need rights which a role that owns the database may lack, and no rows. */
const NEED_RIGHTS: ReadonlySet<string> = new Set([
  "default-privileges",
  "publication",
  "subscription",
  "event-trigger",
]);
const AS_OTHERS = "SET SESSION AUTHORIZATION ";

/** The steps behind the rows that a login may have no right to, in their order. */
export function stepsThatNeedRights(postData: readonly StatementStep[]): StatementStep[] {
  return postData.filter(
    ({ object: { kind, statements } }) =>
      NEED_RIGHTS.has(kind) ||
      (kind === "privileges" && statements.some((statement) => statement.startsWith(AS_OTHERS))),
  );
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
