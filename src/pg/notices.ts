/** The server's warnings. Their listeners run in the socket's own, where a throw would break the connection. */
import type { NoticeMessage } from "pg-protocol/dist/messages.js";
import { isRaised } from "./redact.ts";

export type NoticeListener = (notice: NoticeMessage) => void;

/** Gives the text of warnings to `listener`, without what a function of a user's put into it. */
export function warningListener(
  listener: (message: string) => void,
  onError: (error: unknown) => void,
): NoticeListener {
  return ({ severity, message, code, where, routine }) => {
    if (severity !== "WARNING" || message === undefined) return;
    const text = isRaised({ message, code, where, routine })
      ? "a function or trigger sent a warning (its text can quote rows and is not shown)"
      : message;
    try {
      listener(text);
    } catch (error) {
      onError(error);
    }
  };
}
