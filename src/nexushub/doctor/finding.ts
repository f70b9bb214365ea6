/** The result of one check of the doctor. */

export type CheckStatus = "ok" | "warning" | "failed" | "not-run";

/** What a check came to, and what to do about it. */
export interface Finding {
  readonly status: CheckStatus;
  readonly message: string;
  /** What the operator should do; null when there is nothing to do. */
  readonly hint: string | null;
}

export const ok = (message: string): Finding => ({ status: "ok", message, hint: null });
export const warning = (message: string, hint: string): Finding => ({
  status: "warning",
  message,
  hint,
});
export const failure = (message: string, hint: string | null): Finding => ({
  status: "failed",
  message,
  hint,
});
export const notRun = (message: string): Finding => ({ status: "not-run", message, hint: null });
