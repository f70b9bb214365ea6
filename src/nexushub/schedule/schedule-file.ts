/** What systemd units and crontabs have in common. */
import { UsageError } from "../../errors.ts";

/** What a schedule runs. */
export type ScheduledTask = "backup" | "drill";

/** A file of a schedule, with its contents and mode. */
export interface ScheduleFile {
  readonly path: string;
  readonly text: string;
}

/** @throws UsageError only when a text holds a control character, which neither a unit nor a crontab can hold. */
export function refuseControlCharacters(texts: readonly string[]): void {
  // oxlint-disable-next-line no-control-regex -- control characters are what is searched for
  const text = texts.find((each) => /[\u0000-\u001f\u007f]/.test(each));
  if (text !== undefined)
    throw new UsageError(`a control character is not allowed here: ${JSON.stringify(text)}`);
}
