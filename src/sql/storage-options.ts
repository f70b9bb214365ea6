/** Storage parameters and foreign options, which the catalogs store as `name=value`. */
import { quoteIdent } from "./ident.ts";
import { quoteLiteral } from "./literal.ts";

function split(option: string): [name: string, value: string] {
  const at = option.indexOf("=");
  return at < 0 ? [option, ""] : [option.slice(0, at), option.slice(at + 1)];
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/**
 * `name=value, …` for WITH and SET lists. Values that are neither numbers nor identifiers are quoted.
 * @param prefix of each name: `toast.`.
 */
export function storageOptions(options: readonly string[], prefix = ""): string {
  return options
    .map((option) => {
      const [name, value] = split(option);
      const plain = NUMBER.test(value) || (value !== "" && quoteIdent(value) === value);
      return `${prefix}${quoteIdent(name)}=${plain ? value : quoteLiteral(value)}`;
    })
    .join(", ");
}

/** `name 'value', …` for the OPTIONS list of foreign objects. */
export function foreignOptions(options: readonly string[]): string {
  return options
    .map((option) => {
      const [name, value] = split(option);
      return `${quoteIdent(name)} ${quoteLiteral(value)}`;
    })
    .join(", ");
}
