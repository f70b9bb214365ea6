/** The page of a folder of backups. */
import { type PageFacts, readPageFacts, type ReportOptions } from "./page-facts.ts";
import { renderPage } from "./render-page.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

/** The result of `reportFolder`. */
export interface FolderReport extends PageFacts {
  /** The page. */
  readonly html: string;
}

/** Reads a folder and renders its page; changes nothing. @throws UsageError when there is no such folder. */
export async function reportFolder(
  folder: PathOrUrl,
  options: ReportOptions = {},
): Promise<FolderReport> {
  const facts = await readPageFacts(pathText(folder), options);
  return { ...facts, html: renderPage(facts) };
}
