/** libpq's keepalive parameters (PostgreSQL docs, 34.1.2) as Node's. Pure. */
import { UsageError } from "../../errors.ts";
import type { ConnParams } from "../../sql/conninfo/parse.ts";

/** Seconds of silence after which a peer is probed. The system's default would be two hours. */
const DEFAULT_IDLE = 60;
/** Node sets the interval of probes to a second and their number to ten (`socket.setKeepAlive`). */
const PROBING = 10;

export interface KeepAlive {
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelayMillis: number;
}

/**
 * The driver's settings. Node cannot set the interval and the number of probes; so the first one is sent so much earlier
 * or later that a silent peer is given up when libpq would, but not before 11 seconds.
 * @throws UsageError only when a value is not a number.
 */
export function keepAlive(params: ConnParams): KeepAlive {
  return {
    keepAlive: isOn(params),
    keepAliveInitialDelayMillis: Math.max(1, silenceSeconds(params) - PROBING) * 1000,
  };
}

function isOn(params: ConnParams): boolean {
  return params.keepalives === undefined || numberOf(params, "keepalives") !== 0;
}

/** After how much silence libpq gives a peer up. */
function silenceSeconds(params: ConnParams): number {
  const idle = numberOf(params, "keepalives_idle") || DEFAULT_IDLE;
  const interval = numberOf(params, "keepalives_interval");
  const count = numberOf(params, "keepalives_count");
  return idle + (interval === 0 && count === 0 ? PROBING : (interval || 1) * (count || PROBING));
}

/**
 * How long a peer may acknowledge nothing of what was sent: `tcp_user_timeout`, else as long as it may be silent. 0: for
 * as long as the system allows.
 * @throws UsageError only when a value is not a number.
 */
export function unacknowledgedMs(params: ConnParams): number {
  return numberOf(params, "tcp_user_timeout") || (isOn(params) ? silenceSeconds(params) * 1000 : 0);
}

function numberOf(params: ConnParams, keyword: string): number {
  const text = params[keyword] ?? "";
  if (!/^ *[+-]?\d* *$/.test(text)) throw new UsageError(`${keyword} is not a number`);
  return Math.max(0, Number(text));
}
