import type { ServiceMapping } from '@start-engines/core';
import { mergeMapping } from './merge-mapping.ts';
import type { StoredDocument } from './parameter-reader.ts';

/** What is known of a parameter's versions. */
export interface VersionHistory {
  /** Newest first. */
  readonly versions: readonly StoredDocument[];
  /** Whether these are all that Parameter Store has. */
  readonly complete: boolean;
}

/** What serves, or what must be read to tell. */
export type VersionChoice =
  | {
      readonly kind: 'chosen';
      readonly mapping: ServiceMapping;
      readonly own: StoredDocument;
      readonly defaults: StoredDocument | undefined;
    }
  | { readonly kind: 'read-more'; readonly of: 'own' | 'defaults' }
  | { readonly kind: 'none' };

/**
 * Chooses the newest versions that make a valid mapping. Versions that are broken in themselves never count. When the
 * newest two of the others do not fit together, edits are taken back one by one, the youngest first, until a pair does;
 * so an old version of the service is not dug out because the defaults lost a key yesterday. Then every edit that fits
 * that pair is put back.
 *
 * @param defaults Undefined where the workspace has no defaults.
 */
export function chooseVersions(
  service: string,
  own: VersionHistory,
  defaults: VersionHistory | undefined,
): VersionChoice {
  const shelves: Shelves = {
    own: toShelf(own),
    defaults: defaults === undefined ? { valid: [undefined], complete: true } : toShelf(defaults),
  };
  const merge = (at: Position) => {
    const document = shelves.own.valid[at.own];
    return document && mergeMapping(shelves.defaults.valid[at.defaults], document, service).mapping;
  };
  const fitting = takeBackEdits(shelves, merge);
  if ('kind' in fitting) return fitting;
  const position = putBackEdits(fitting, merge);
  const [mapping, document] = [merge(position), shelves.own.valid[position.own]];
  if (mapping === undefined || document === undefined) return { kind: 'none' };
  return { kind: 'chosen', mapping, own: document, defaults: shelves.defaults.valid[position.defaults] };
}

type Side = 'own' | 'defaults';

/** A parameter's valid versions, newest first; `undefined` stands for defaults that a workspace does not have. */
interface Shelf {
  readonly valid: readonly (StoredDocument | undefined)[];
  readonly complete: boolean;
}

type Shelves = Readonly<Record<Side, Shelf>>;

/** Which of the valid versions are looked at; 0 is the newest. */
type Position = Readonly<Record<Side, number>>;

type Merge = (at: Position) => ServiceMapping | undefined;

function toShelf({ versions, complete }: VersionHistory): Shelf {
  return { valid: versions.filter(({ problems }) => problems.length === 0), complete };
}

function takeBackEdits(shelves: Shelves, merge: Merge): Position | Exclude<VersionChoice, { kind: 'chosen' }> {
  let at: Position = { own: 0, defaults: 0 };
  for (;;) {
    const lacking = (['own', 'defaults'] as const).find((side) => at[side] >= shelves[side].valid.length);
    if (lacking !== undefined) return shelves[lacking].complete ? { kind: 'none' } : { kind: 'read-more', of: lacking };
    if (merge(at) !== undefined) return at;
    const side = youngerFirst(shelves, at).find(
      (one) => at[one] + 1 < shelves[one].valid.length || !shelves[one].complete,
    );
    if (side === undefined) return { kind: 'none' };
    at = { ...at, [side]: at[side] + 1 };
  }
}

function youngerFirst({ own, defaults }: Shelves, at: Position): readonly Side[] {
  const modified = (document: StoredDocument | undefined) => document?.modifiedAt ?? 0;
  const defaultsAreYounger = modified(defaults.valid[at.defaults]) > modified(own.valid[at.own]);
  return defaultsAreYounger ? ['defaults', 'own'] : ['own', 'defaults'];
}

function putBackEdits(at: Position, merge: Merge): Position {
  let own = 0;
  while (merge({ ...at, own }) === undefined) own += 1;
  let defaults = 0;
  while (merge({ own, defaults }) === undefined) defaults += 1;
  return { own, defaults };
}
