/** Where a copy by pg_dump | psql differs from ours on a newer major, and why. */

interface KnownDifference {
  readonly reason: string;
  /** Names of cases. */
  readonly cases: RegExp;
  /** The lines of the differences. */
  readonly lines: RegExp;
}

const KNOWN: readonly KnownDifference[] = [
  {
    reason:
      "all privileges of an older major are not all of 17, which has MAINTAIN: pg_dump writes ALL; and an owner, who could do what MAINTAIN names, keeps it",
    cases: /^(default-)?privileges--/,
    lines: /^changed: (default-)?privileges .*TABLE.*(MAINTAIN|GRANT ALL)/s,
  },
  {
    reason:
      "a subscription up to 15 ran as its owner and did not stream in parallel: pg_dump writes that from 16 on",
    cases: /^subscription--/,
    lines: /^changed: subscription .*(run_as_owner = true|streaming)/s,
  },
  {
    reason: "psql cannot create a subscription whose connection needs what the machine has not",
    cases: /^subscription--forms/,
    lines: /^ours: (subscription|owner SUBSCRIPTION|comment SUBSCRIPTION)/,
  },
  {
    reason: "pg_dump writes nothing of constraints and triggers that came from a parent",
    cases:
      /^(comment--constraints|constraint--partition-foreign-keys|constraint--partitioned-keys|trigger--renamed-copies|table--unlogged-partitioned-keys)$/,
    lines: /^(ours: (comment|foreign-key|trigger)|theirs: foreign-key) /,
  },
  {
    reason: "a child's NOT NULL of its own is written beside its parent's",
    cases: /^table--inheritance/,
    lines: /^changed: table .* NOT NULL.* \| /s,
  },
  {
    reason: "pg_dump creates the child with INHERITS, so that its columns change their order",
    cases: /^table--inheritance$/,
    lines: /^(ours: table-attach|changed: table) late/,
  },
  {
    reason:
      "pg_dump does not validate a child's constraint, nor set storage back to the type's own",
    cases: /^table--inheritance-merged$/,
    lines: /^(ours: check-constraint bottom nv|changed: table st_child)/,
  },
  {
    reason: "pg_dump does not take back the compression that a child gets from its parents",
    cases: /^table--inherited-compression$/,
    lines: /^changed: table .* SET COMPRESSION default; \| $/,
  },
  {
    reason:
      "pg_dump creates a cast before the older tables and domains, whose checks then call its function",
    cases: /^cast--order$/,
    lines:
      /^(theirs: check-constraint people |ours: check-constraint a_feeling |changed: (table people|domain a_feeling):)/,
  },
  {
    reason: "deparsed text is written so that it is parsed to the same again",
    cases: /^(constraint--(deparse|row-comparisons)|view--(one-relation|values|queries.*))$/,
    lines: /^(changed: |ours: (view |owner VIEW public\.)cycles: )/,
  },
  {
    reason:
      "with an empty search path psql does not find the equality operator of an extension's type, or another one",
    cases: /^dependency--equality$/,
    lines: /^(ours|changed|rows): /,
  },
  {
    reason: "what needs itself, or another one in a cycle, is created in two steps",
    cases:
      /^(dependency--function-bodies|function--(default-calls-itself|sql-bodies)|view--reads-itself|operator-class--family-loop)$/,
    lines: /^(ours: |rows: counted: \+0 -\d+$)/,
  },
  {
    reason: "pg_dump writes nothing that users made on an extension's or the server's objects",
    cases:
      /^(extension--user-objects|operator-class--foreign-families|privileges--system-objects)$/,
    lines: /^ours: /,
  },
  {
    reason: "pg_dump leaves out languages whose functions are the server's",
    cases: /^(language--forms|owner--code)$/,
    lines: /^ours: (language|owner LANGUAGE|privileges LANGUAGE|comment LANGUAGE)/,
  },
  {
    reason: "options stay in their order, which pg_dump changes to that of their names",
    cases: /^foreign--/,
    lines: /^changed: (user-mapping|foreign-server|foreign-data-wrapper|foreign-table) /,
  },
  {
    reason: "roles of a policy stay in their order, pg_dump writes them in that of a scan",
    cases: /^privileges--hostile-roles$/,
    lines: /^changed: policy t p: CREATE POLICY p ON public.t TO /,
  },
  {
    reason: "holes of a large object stay holes",
    cases: /^large-object--forms$/,
    lines: /^rows: pg_largeobject: /,
  },
  {
    reason: "a dropped schema public is dropped",
    cases: /^schema--public-dropped$/,
    lines: /^ours: schema public: /,
  },
  {
    reason:
      "a dropped default is dropped where the type or a parent has one: pg_dump lets it come back, and cannot create a child whose parents have different ones",
    cases: /^(table--default-dropped|type--domain|type--base)$/,
    lines:
      /^((ours|theirs): default|changed: (table|default|domain)|ours: (table|owner TABLE) .*below_too) /,
  },
  {
    reason: "the type and the bounds of an identity column's sequence stay as they are",
    cases: /^table--identity$/,
    lines: /^changed: sequence copied_/,
  },
  {
    reason: "18 refuses UNLOGGED of a partitioned table",
    cases: /^table--unlogged-partitioned/,
    lines: /^ours: /,
  },
  {
    reason:
      "constraints that call functions come after all rows: with pg_dump's script a row comes before those that its check reads",
    cases: /^(constraint|domain)--late-checks$/,
    lines:
      /^(ours: table-attach p1:|rows: \w+: \+0 -\d+$|ours: (comment CONSTRAINT known|table-attach attached)|changed: table attached)/,
  },
  {
    reason: "event triggers come last: pg_dump's stop the refresh of a materialized view",
    cases: /^event-trigger--states$/,
    lines: /^ours: refresh /,
  },
  {
    reason: "pg_dump's script checks the rows of a foreign key by hash, which not all ranges have",
    cases: /^constraint--(multi)?range-keys$/,
    lines: /^ours: foreign-key /,
  },
  {
    reason: "names that the server would choose for something else are given first",
    cases: /^(sequence--named-like-types|type--multirange)$/,
    lines:
      /^(ours: (sequence|sequence-owner|owner SEQUENCE|privileges SEQUENCE|type|owner TYPE|comment TYPE) |changed: table t: .*part s|position: .* \| null$)/,
  },
  {
    reason:
      "constraints of partitions keep their names, and inherited columns their own expressions",
    cases: /^(constraint--partitioned-exclusion|table--generated-changed)$/,
    lines: /^changed: (key-constraint .*conname|table .* SET EXPRESSION .* \| $)/s,
  },
  {
    reason: "a child whose parents have different defaults, storage or identities is created",
    cases: /^(sequence--identity-of-children|table--parents-disagree)$/,
    lines: /^((ours|rows|position): |changed: table )/,
  },
  {
    reason: "psql reads a materialized view's rows as they are without the owner's policies",
    cases: /^view--row-security$/,
    lines: /^ours: refresh /,
  },
];

/** Where a copy by us differs from the archive that it was made from. */
const CHANGED_BY_NEWER_MAJOR: readonly KnownDifference[] = [
  {
    reason: "18 refuses UNLOGGED of a partitioned table, and so a foreign key of one",
    cases: /^table--unlogged-partitioned/,
    lines: /^(ours|theirs): foreign-key n1? /,
  },
  {
    reason: "16 and later give another name to a relation in the query of a rule",
    cases: /^view--queries-sorted-twice$/,
    lines: /^changed: rule sorted r: .*FROM public\.t \| .*FROM public\.t t_1$/,
  },
];

/** Patterns of the lines that a newer major changes of a case. */
export function changedByNewerMajor(caseName: string): RegExp[] {
  return CHANGED_BY_NEWER_MAJOR.filter(({ cases }) => cases.test(caseName)).map(
    ({ lines }) => lines,
  );
}

/** Patterns of the lines of differences that are known of a case. */
export function knownDifferences(caseName: string): RegExp[] {
  return KNOWN.filter(({ cases }) => cases.test(caseName)).map(({ lines }) => lines);
}
