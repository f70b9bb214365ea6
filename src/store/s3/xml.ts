/**
 * Reads the XML that object stores answer with: elements and text, no attributes. Pure. What a server sends is bounded before
 * it comes here, and anything else in it is an error.
 */

/** An element of an answer. */
export interface XmlElement {
  readonly name: string;
  /** The text in it, outside its elements. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const MAX_DEPTH = 16;
const TOKEN = /<\?[^>]*\?>|<(\/?)([A-Za-z_][\w.:-]*)[^<>]*?(\/?)>|([^<]+)/gy;
const ENTITY = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/g;
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/** @returns the outermost element; null when the text is no XML of this kind. */
export function parseXml(text: string): XmlElement | null {
  const root: OpenElement = { name: "", text: "", children: [] };
  const open: OpenElement[] = [root];
  TOKEN.lastIndex = 0;
  let end = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    end = TOKEN.lastIndex;
    const [, slash, name, closes, words] = match;
    const current = open.at(-1)!;
    if (words !== undefined) current.text += words;
    if (name === undefined) continue;
    if (slash === "/") {
      if (current.name !== name || open.length === 1) return null;
      open.pop();
      open.at(-1)!.children.push({ ...current, text: unescapeXml(current.text) });
    } else if (closes === "/") {
      current.children.push({ name, text: "", children: [] });
    } else {
      if (open.length > MAX_DEPTH) return null;
      open.push({ name, text: "", children: [] });
    }
  }
  const isComplete = end === text.length && open.length === 1 && root.text.trim() === "";
  return isComplete && root.children.length === 1 ? root.children[0]! : null;
}

function unescapeXml(text: string): string {
  return text.replace(ENTITY, (entity, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name]!;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
  });
}

/** Text as it stands in an element. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The elements of a name in another one. */
export function elementsOf(element: XmlElement | null, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** The text of the first element of a name in another one; null when there is none. */
export function textOf(element: XmlElement | null, name: string): string | null {
  return elementsOf(element, name)[0]?.text ?? null;
}
