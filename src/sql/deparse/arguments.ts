/** Takes lists of arguments apart, as the server deparsed them. */
import { unquotedIndexes } from "./scan.ts";

/** The arguments of a list, without the commas between them. */
export function splitArguments(list: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (const at of unquotedIndexes(list)) {
    if ("([".includes(list[at]!)) depth++;
    else if (")]".includes(list[at]!)) depth--;
    else if (depth === 0 && list[at] === ",") {
      items.push(list.slice(start, at));
      start = at + 1;
    }
  }
  const all = [...items, list.slice(start)].map((item) => item.trim());
  return all.length === 1 && all[0] === "" ? [] : all;
}

/** A list without defaults, in which the last input arguments get NULL as their default. */
export function withNullDefaults(list: string, count: number): string {
  const items = splitArguments(list);
  let left = count;
  for (let n = items.length - 1; n >= 0 && left > 0; n--) {
    if (items[n]!.startsWith("OUT ")) continue;
    items[n] += " DEFAULT NULL";
    left--;
  }
  return items.join(", ");
}
