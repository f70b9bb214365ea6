/** The server's warnings. Their listeners run in the socket's own, where a throw would break the connection. */
import { isRaised, redactMessage } from "./redact.ts";

/** The fields of a NoticeResponse that are read here; the driver's names. */
interface NoticeFields {
  readonly severity: string | undefined;
  readonly message: string | undefined;
  readonly code: string | undefined;
  readonly where: string | undefined;
  readonly routine: string | undefined;
}

export type NoticeListener = (notice: NoticeFields) => void;

/** Receives a warning's text, and whether a function raised it, whose text is then not shown. */
export type WarningListener = (message: string, isRaised: boolean) => void;

/** Gives the text of warnings to `listener`, without what a function of a user's put into it. */
export function warningListener(
  listener: WarningListener,
  onError: (error: unknown) => void,
): NoticeListener {
  return ({ severity, message, code, where, routine }) => {
    if (severity !== "WARNING" || message === undefined) return;
    const fields = { message, code, where, routine };
    const raised = isRaised(fields);
    const text = raised
      ? "a function or trigger sent a warning (its text can quote rows and is not shown)"
      : redactMessage(fields);
    try {
      listener(text, raised);
    } catch (error) {
      onError(error);
    }
  };
}
