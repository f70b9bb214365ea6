/** The service file: named groups of connection parameters, as in an INI file (PostgreSQL docs, 34.17). Pure text. */
import { UsageError } from "../../errors.ts";
import type { ConnParams } from "../../sql/conninfo/parse.ts";

/**
 * The parameters of one service; undefined when the file does not define it.
 * @throws UsageError only when a line inside the service is neither blank, comment nor `keyword=value`.
 */
export function findService(text: string, service: string): ConnParams | undefined {
  let parameters: ConnParams | undefined;
  for (const [number, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("[")) {
      if (parameters !== undefined) return parameters;
      if (line === `[${service}]`) parameters = {};
    } else if (parameters !== undefined) {
      const equals = line.indexOf("=");
      if (equals <= 0) {
        throw new UsageError(`line ${number + 1} of the service file is not keyword=value`, {
          object: `service ${service}`,
        });
      }
      const keyword = line.slice(0, equals).trim();
      if (keyword === "service" || keyword === "servicefile") {
        throw new UsageError("a service cannot name another service", {
          object: `service ${service}`,
        });
      }
      // The first of two equal keywords counts, as in libpq.
      parameters[keyword] ??= line.slice(equals + 1).trim();
    }
  }
  return parameters;
}
