/** What one check of the doctor found. */

export type CheckStatus = "ok" | "warning" | "failed" | "not-run";

export interface Finding {
  readonly status: CheckStatus;
  readonly message: string;
  /** What to do; null when nothing is to be done. */
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
