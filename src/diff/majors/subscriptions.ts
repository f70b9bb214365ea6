/**
 * Subscriptions with all their options in one list. What a dump of 15 or older sets on newer servers by ALTER SUBSCRIPTION,
 * as they changed its default, one of 16 writes where it creates the subscription.
 */
import { splitArguments } from "../../sql/deparse/arguments.ts";
import type { ComparedObject } from "../compared-object.ts";

const CREATE = /^(CREATE SUBSCRIPTION [^]*\n {4}WITH \()([^]*)\)$/;
const SET = /^ALTER SUBSCRIPTION [^]+? SET \(([^]*)\)$/;

/** A subscription with its options in the order of their names. */
export function joinedSubscription(object: ComparedObject): ComparedObject {
  if (object.kind !== "subscription") return object;
  const [create, ...others] = object.statements;
  const match = CREATE.exec(create ?? "");
  const later = others.map((statement) => SET.exec(statement)?.[1]);
  if (match === null || !later.every((list) => list !== undefined)) return object;
  const options = [match[2]!, ...later].flatMap(splitArguments).sort();
  return { ...object, statements: [`${match[1]!}${options.join(", ")})`] };
}
