import { joinMember } from './json-values.ts';
import { isListShape, type MembersShape, membersOf, type Shape, ShapeError } from './shape.ts';

interface FormNode {
  value?: string;
  readonly children: Map<string, FormNode>;
}

/** The position of list items: below `member` in the query protocol, below the list itself in EC2's variant. */
export type ListStyle = 'member' | 'flat';

/**
 * Parses the form of a query-protocol request (`Targets.member.1.Port=8080`) according to a shape. Members that the shape
 * does not have become strings, lists or structures according to their names.
 *
 * @throws ShapeError for a value of a wrong type or a missing required member
 */
export function readQueryInput(
  shape: MembersShape | undefined,
  form: URLSearchParams,
  lists: ListStyle = 'member',
): Record<string, unknown> {
  const root: FormNode = { children: new Map() };
  for (const [key, value] of form) {
    if (key !== 'Action' && key !== 'Version') place(root, key.split('.'), value);
  }
  return readNode(shape ?? {}, root, '', lists) as Record<string, unknown>;
}

function place(root: FormNode, path: readonly string[], value: string): void {
  let node = root;
  for (const part of path) {
    let child = node.children.get(part);
    if (child === undefined) {
      child = { children: new Map() };
      node.children.set(part, child);
    }
    node = child;
  }
  node.value = value;
}

function readNode(shape: Shape | undefined, node: FormNode, member: string, lists: ListStyle): unknown {
  if (shape === undefined) return guessNode(node, member, lists);
  if (isListShape(shape)) {
    return listItems(node, lists).map((item, index) => readNode(shape[0], item, `${member}[${index}]`, lists));
  }
  if (typeof shape !== 'object') return readText(shape, node.value ?? '', member);
  const known = new Map(membersOf(shape).map((entry) => [entry.name, entry]));
  const entries = [...node.children].map(([name, child]): [string, unknown] => [
    name,
    readNode(known.get(name)?.shape, child, joinMember(member, name), lists),
  ]);
  for (const entry of known.values()) {
    if (!entry.required || node.children.has(entry.name)) continue;
    throw new ShapeError('missing', joinMember(member, entry.name), 'Member must not be null');
  }
  return Object.fromEntries(entries);
}

function listItems(node: FormNode, lists: ListStyle): FormNode[] {
  const items = (lists === 'flat' ? node : node.children.get('member'))?.children ?? new Map<string, FormNode>();
  return [...items].sort(([left], [right]) => Number(left) - Number(right)).map(([, item]) => item);
}

function guessNode(node: FormNode, member: string, lists: ListStyle): unknown {
  if (node.children.size === 0) return node.value ?? '';
  const entries = node.children.size === 1 ? node.children.get('entry') : undefined;
  if (entries !== undefined) return readMap(entries);
  const isList = lists === 'flat' ? node.children.has('1') : node.children.has('member');
  return isList
    ? listItems(node, lists).map((item) => guessNode(item, member, lists))
    : readNode({}, node, member, lists);
}

/** A map of strings in the query protocol: `entry.1.key` and `entry.1.value`. */
function readMap(entries: FormNode): ReadonlyMap<string, string> {
  const textOf = (entry: FormNode, name: string) => entry.children.get(name)?.value ?? '';
  return new Map([...entries.children.values()].map((entry) => [textOf(entry, 'key'), textOf(entry, 'value')]));
}

function readText(shape: Exclude<Shape, object>, text: string, member: string): unknown {
  const wrong = (type: string) =>
    new ShapeError('wrong-type', member, `Value '${text}' at '${member}' can not be converted to ${type}`);
  switch (shape) {
    case 'integer':
      if (!/^[+-]?\d+$/.test(text)) throw wrong('an Integer');
      return Number(text);
    case 'number':
      if (text.trim() === '' || !Number.isFinite(Number(text))) throw wrong('a Float');
      return Number(text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw wrong('a Boolean');
      return text === 'true';
    case 'timestamp':
      if (Number.isNaN(Date.parse(text))) throw wrong('a Timestamp');
      return new Date(text);
    case 'blob':
      return new Uint8Array(Buffer.from(text, 'base64'));
    case 'string':
      return text;
  }
}

/** Serialises an output as XML: lists as `<member>` or the given name, dates as ISO 8601, without absent members. */
export function writeXmlMembers(value: Readonly<Record<string, unknown>>, item = 'member'): string {
  return Object.entries(value)
    .filter(([, entry]) => entry !== undefined && entry !== null)
    .map(([name, entry]) => `<${name}>${writeXmlValue(entry, item)}</${name}>`)
    .join('');
}

function writeXmlValue(value: unknown, item: string): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) {
    const entries = [...value].map(([key, entry]) => writeXmlMembers({ key, value: entry }, item));
    return entries.map((entry) => `<entry>${entry}</entry>`).join('');
  }
  if (Array.isArray(value)) return value.map((entry) => `<${item}>${writeXmlValue(entry, item)}</${item}>`).join('');
  if (typeof value === 'object' && value !== null) return writeXmlMembers(value as Record<string, unknown>, item);
  return escapeXml(String(value));
}

const xmlEscapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => xmlEscapes[character] ?? character);
}
