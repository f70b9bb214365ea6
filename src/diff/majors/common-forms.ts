/**
 * Objects of two archives of different majors in a form in which the same object has the same text. What an older server
 * writes in another way, or does not record, is written as a dump of its restore into the newer one writes it. Only what
 * is known to differ between these two majors is changed; of one major everything is compared as it is.
 */
import { statementsOn } from "../../ddl/conditional-statement.ts";
import { withoutNoIndent } from "../../sql/deparse/normalize.ts";
import type { ComparedObject } from "../compared-object.ts";
import { withoutImpliedMaintain } from "./maintain.ts";
import { operatorMembersApart } from "./operator-members.ts";
import { procedureWithIn } from "./procedures.ts";
import { notNullOutside } from "./inherited-not-null.ts";
import { joinedSubscription } from "./subscriptions.ts";
import { withoutImpliedTypeOptions } from "./type-options.ts";
import { unqualifiedView } from "./views.ts";

type Change = (object: ComparedObject) => ComparedObject;

/** What changed with a major, and so is rewritten where one side is older than it. */
interface MajorChange {
  readonly since: number;
  /** For the side before that major. */
  readonly older?: Change;
  /** For the other side. */
  readonly newer?: Change;
  /** For all objects of both sides. */
  readonly both?: (objects: readonly ComparedObject[]) => ComparedObject[];
}

const CHANGES: readonly MajorChange[] = [
  // Members of operator classes that can be dropped alone belong to the family.
  { since: 14, both: operatorMembersApart },
  { since: 14, older: procedureWithIn },
  { since: 14, newer: withoutImpliedTypeOptions },
  { since: 16, older: joinedSubscription, newer: joinedSubscription },
  { since: 16, older: unqualifiedView },
  { since: 16, newer: onStatements(withoutNoIndent) },
  { since: 17, newer: withoutImpliedMaintain },
  // NOT NULL became a constraint, which CREATE TABLE writes of a column that comes from a parent.
  { since: 18, older: notNullOutside, newer: notNullOutside },
];

/** The objects of both sides, in the order in which they came, for a comparison. */
export function commonForms(
  sides: readonly [readonly ComparedObject[], readonly ComparedObject[]],
  majors: readonly [number, number],
): [ComparedObject[], ComparedObject[]] {
  const newest = Math.max(...majors);
  const form = (n: 0 | 1): ComparedObject[] => {
    let objects = sides[n].flatMap((object) => onServer(newest, object));
    for (const { since, older, newer, both } of CHANGES) {
      if (Math.min(...majors) >= since || newest < since) continue;
      const change = majors[n] < since ? older : newer;
      if (change !== undefined) objects = objects.map(change);
      if (both !== undefined) objects = both(objects);
    }
    return objects;
  };
  return [form(0), form(1)];
}

/** Without what a restore into a server of this major leaves out; none where nothing is left. */
function onServer(major: number, object: ComparedObject): ComparedObject[] {
  if (object.statements.length === 0) return [object];
  const statements = object.statements.flatMap((statement) => statementsOn(major, statement));
  return statements.length === 0 ? [] : [{ ...object, statements }];
}

function onStatements(change: (statement: string) => string): Change {
  return (object) => ({ ...object, statements: object.statements.map(change) });
}
