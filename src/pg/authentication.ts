/**
 * Which ways of logging in are acceptable: libpq's `require_auth` and `channel_binding` (PostgreSQL docs, 34.1.2). The
 * check comes before the driver answers the server's request, so no password reaches a server that may not have it.
 */
import { ConnectionError, UsageError } from "../errors.ts";
import type { ConnParams } from "../sql/conninfo/parse.ts";
import type { DriverConnection } from "./driver.ts";

const METHODS = ["password", "md5", "gss", "sspi", "scram-sha-256", "oauth", "none"] as const;
type Method = (typeof METHODS)[number];

export interface AuthenticationPolicy {
  readonly methods: ReadonlySet<Method>;
  readonly requireChannelBinding: boolean;
}

/** @throws UsageError only when a value is none of libpq's. */
export function authenticationPolicy(params: ConnParams): AuthenticationPolicy {
  const binding = params.channel_binding || "prefer";
  if (!["disable", "prefer", "require"].includes(binding)) {
    throw new UsageError(`unknown channel_binding ${JSON.stringify(binding)}`, {
      hint: "one of disable, prefer, require",
    });
  }
  return {
    methods: requiredMethods(params.require_auth ?? ""),
    requireChannelBinding: binding === "require",
  };
}

function requiredMethods(text: string): ReadonlySet<Method> {
  if (text === "") return new Set(METHODS);
  const words = text.split(",").map((word) => word.trim());
  const negated = words.filter((word) => word.startsWith("!"));
  const names = words.map((word) => word.replace(/^!/, ""));
  if ((negated.length > 0 && negated.length < words.length) || !names.every(isMethod)) {
    throw new UsageError(`unknown require_auth ${JSON.stringify(text)}`, {
      hint: `a list of ${METHODS.join(", ")}, all or none of them with ! before`,
    });
  }
  if (negated.length === 0) return new Set(names);
  return new Set(METHODS.filter((method) => !names.includes(method)));
}

function isMethod(name: string): name is Method {
  return (METHODS as readonly string[]).includes(name);
}

/** To be called before the client connects, so that its listeners come after these; a throw breaks the connection. */
export function enforceAuthentication(
  connection: DriverConnection,
  { methods, requireChannelBinding }: AuthenticationPolicy,
): void {
  let used: Method = "none";
  let isBound = false;
  let isServerVerified = true;
  const use = (method: Method): void => {
    used = method;
    if (methods.has(method)) return;
    throw new ConnectionError(`the server asks for authentication by ${method}`, {
      hint: "require_auth of the connection does not allow that; see pg_hba.conf",
    });
  };
  const refuseUnbound = (): void => {
    if (!requireChannelBinding || isBound) return;
    throw new ConnectionError("the server does not offer channel binding", {
      hint: "channel_binding=require needs TLS and a password stored as scram-sha-256",
    });
  };
  connection.on("authenticationCleartextPassword", () => {
    use("password");
    refuseUnbound();
  });
  connection.on("authenticationMD5Password", () => {
    use("md5");
    refuseUnbound();
  });
  connection.on("authenticationSASL", ({ mechanisms }: { mechanisms: readonly string[] }) => {
    use("scram-sha-256");
    isServerVerified = false;
    isBound = connection.stream.encrypted === true && mechanisms.includes("SCRAM-SHA-256-PLUS");
    refuseUnbound();
  });
  // The server shows that it knows the password; the driver checks its signature.
  connection.on("authenticationSASLFinal", () => {
    isServerVerified = true;
  });
  connection.on("authenticationOk", () => {
    if (used === "none") use("none");
    refuseUnbound();
    if (!isServerVerified)
      throw new ConnectionError("the server ended the login before it was verified itself");
  });
}
