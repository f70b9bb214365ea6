/**
 * All in an archive that runs code at or after a restore. Kinds and names are the manifest's; what the statements do is
 * judged by their tokens, since an archive can call anything by any name. Pure.
 */
import type { Manifest, ManifestObject } from "../../archive/format/manifest.ts";
import { functionCalls } from "../../sql/function-calls.ts";
import { qualify } from "../../sql/ident.ts";
import { isWord, shapeOf } from "../../sql/statement-shape.ts";
import type { Token } from "../../sql/tokens.ts";
import { objectLabel } from "../../util/label.ts";
import { OF_CLAUSE, type RunsAt, runsAt, TRUSTED_LANGUAGES } from "./code-kinds.ts";
import { writtenByDump } from "./written-by-dump.ts";

/** An object that runs code, or a part of a table that does. */
export interface ArchiveCodeItem {
  /** The object's kind, or `default`, `check-constraint`, `generated-column`, `partition-key` for a part of a table. */
  readonly kind: string;
  /** As messages name it: `function public.f(integer)`. */
  readonly object: string;
  /** `restore` when it can run during a restore into an empty database, else `use`. */
  readonly runsAt: RunsAt;
  /** The language of a function or procedure; else null. */
  readonly language: string | null;
  /** Whether the language is known to keep a function to what its caller may do; null without a language. */
  readonly isTrusted: boolean | null;
  /** Whether it runs with the rights of its owner. */
  readonly isSecurityDefiner: boolean;
  /** Functions and operators of users that the statements call, without those in bodies of functions. */
  readonly calls: readonly string[];
}

/** A statement that no dump writes for an object of that kind. */
export interface UnknownStatement {
  readonly object: string;
  readonly statement: string;
}

/** The code in an archive. */
export interface ArchiveCode {
  /** `verified` by a required key, `unverified` when nobody checked the signature, `unsigned` without one. */
  readonly signature: "verified" | "unverified" | "unsigned";
  readonly unknown: readonly UnknownStatement[];
  /** What runs during a restore first, then by kind and name. */
  readonly code: readonly ArchiveCodeItem[];
}

/** What an archive's statements are and run. */
export function archiveCode({ objects }: Manifest): Omit<ArchiveCode, "signature"> {
  const unknown: UnknownStatement[] = [];
  const items: ArchiveCodeItem[] = [];
  const functions = new Map<ArchiveCodeItem, string>();
  let isBare = false;
  for (const object of objects) {
    const label = objectLabel(object);
    const judged: Judged[] = [];
    for (const statement of object.statements) {
      const { isKnown, tokens } = writtenByDump(object.kind, statement);
      if (!isKnown) unknown.push({ object: label, statement });
      isBare = setsSearchPath(tokens) ?? isBare;
      judged.push({ tokens, isBare });
    }
    const ofObject = itemsOf(object, label, judged);
    items.push(...ofObject);
    if (object.kind === "function" || object.kind === "procedure")
      for (const item of ofObject) functions.set(item, functionName(object));
  }
  const calledInRestore = new Set(
    items.flatMap((item) => (item.runsAt === "restore" ? item.calls : [])),
  );
  const code = items.map((item) =>
    calledInRestore.has(functions.get(item) ?? "") ? { ...item, runsAt: "restore" as const } : item,
  );
  return { unknown, code: code.toSorted(inOrder) };
}

interface Judged {
  readonly tokens: readonly Token[];
  /** Whether a name without a schema can be a user's here. */
  readonly isBare: boolean;
}

/** Whether the statement sets search_path to schemas of users; undefined when it does not set it. */
function setsSearchPath(tokens: readonly Token[]): boolean | undefined {
  if (!isWord(tokens[0], "set") || !tokens.some((token) => isWord(token, "search_path")))
    return undefined;
  return !(shapeOf(tokens).endsWith("= 's'") && tokens.at(-1)!.value === "");
}

/** `public.f`, as calls name it: the manifest's name has the types of the arguments. */
function functionName({ namespace, name }: ManifestObject): string {
  const end = name.lastIndexOf("(");
  return qualify(namespace, end < 0 ? name : name.slice(0, end));
}

function itemsOf(
  { kind }: ManifestObject,
  label: string,
  judged: readonly Judged[],
): ArchiveCodeItem[] {
  const calls = judged.flatMap(({ tokens, isBare }) => functionCalls(tokens, isBare));
  const item = { object: label, language: null, isTrusted: null, isSecurityDefiner: false };
  if (kind === "table" || kind === "foreign-table") {
    const clauses = [...new Set(calls.map(({ clause }) => clause))];
    return clauses.map((clause) => {
      const [part, at] = OF_CLAUSE[clause];
      const ofClause = calls.filter((call) => call.clause === clause);
      return { ...item, kind: part, runsAt: at, calls: namesOf(ofClause) };
    });
  }
  const words = new Set(
    judged.flatMap(({ tokens }) =>
      tokens.flatMap((token) => (token.kind === "word" ? [token.value] : [])),
    ),
  );
  const at = runsAt(kind, words, calls.length > 0);
  if (at === undefined) return [];
  const facts = kind === "function" || kind === "procedure" ? functionFacts(judged) : {};
  return [{ ...item, kind, runsAt: at, ...facts, calls: namesOf(calls) }];
}

function namesOf(calls: readonly { readonly name: string }[]): string[] {
  return [...new Set(calls.map(({ name }) => name))].toSorted();
}

/** The attributes of CREATE FUNCTION, which stand outside parentheses; bodies are constants. */
function functionFacts(
  judged: readonly Judged[],
): Pick<ArchiveCodeItem, "language" | "isTrusted" | "isSecurityDefiner"> {
  let language = "sql";
  let isSecurityDefiner = false;
  for (const { tokens } of judged) {
    let depth = 0;
    for (const [index, token] of tokens.entries()) {
      if (token.kind === "symbol") depth += token.value === "(" ? 1 : token.value === ")" ? -1 : 0;
      if (depth > 0) continue;
      if (isWord(token, "language")) language = tokens[index + 1]?.value ?? language;
      if (isWord(token, "security") && isWord(tokens[index + 1], "definer"))
        isSecurityDefiner = true;
    }
  }
  return { language, isTrusted: TRUSTED_LANGUAGES.has(language), isSecurityDefiner };
}

function inOrder(a: ArchiveCodeItem, b: ArchiveCodeItem): number {
  const key = ({ runsAt: at, kind, object }: ArchiveCodeItem): string =>
    `${at === "restore" ? 0 : 1} ${kind}\0${object}`;
  const [left, right] = [key(a), key(b)];
  return left < right ? -1 : Number(left > right);
}
