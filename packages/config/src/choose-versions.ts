import type { ServiceMapping } from '@start-engines/core';
import { mergeMapping } from './merge-mapping.ts';
import type { StoredDocument } from './parameter-reader.ts';

/** The versions of a parameter that have been read. */
export interface VersionHistory {
  /** Newest first. */
  readonly versions: readonly StoredDocument[];
  /** Whether Parameter Store has no others. */
  readonly complete: boolean;
}

/** The versions to use, or the parameter of which more versions must be read. */
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
 * Chooses the newest versions that make a valid mapping. Invalid versions never count. If the newest two of the others do not fit
 * together, edits are undone one by one, the latest first, until a pair fits: a recent edit of the defaults must not bring back an
 * old version of the service. Then every undone edit that fits that pair is restored.
 *
 * @param defaults Undefined where the workspace has no defaults.
 */
export function chooseVersions(
  service: string,
  own: VersionHistory,
  defaults: VersionHistory | undefined,
): VersionChoice {
  const versions: Versions = {
    own: toParameterVersions(own),
    defaults: defaults === undefined ? { valid: [undefined], complete: true } : toParameterVersions(defaults),
  };
  const merge = (at: Position) => {
    const document = versions.own.valid[at.own];
    return document && mergeMapping(versions.defaults.valid[at.defaults], document, service).mapping;
  };
  const fitting = takeBackEdits(versions, merge);
  if ('kind' in fitting) return fitting;
  const position = putBackEdits(fitting, merge);
  const [mapping, document] = [merge(position), versions.own.valid[position.own]];
  if (mapping === undefined || document === undefined) return { kind: 'none' };
  return { kind: 'chosen', mapping, own: document, defaults: versions.defaults.valid[position.defaults] };
}

type Side = 'own' | 'defaults';

/** The valid versions of a parameter, newest first; `undefined` stands for missing defaults. */
interface ParameterVersions {
  readonly valid: readonly (StoredDocument | undefined)[];
  readonly complete: boolean;
}

type Versions = Readonly<Record<Side, ParameterVersions>>;

/** Indices of the valid versions under consideration; 0 is the newest. */
type Position = Readonly<Record<Side, number>>;

type Merge = (at: Position) => ServiceMapping | undefined;

function toParameterVersions({ versions, complete }: VersionHistory): ParameterVersions {
  return { valid: versions.filter(({ problems }) => problems.length === 0), complete };
}

function takeBackEdits(versions: Versions, merge: Merge): Position | Exclude<VersionChoice, { kind: 'chosen' }> {
  let at: Position = { own: 0, defaults: 0 };
  for (;;) {
    const lacking = (['own', 'defaults'] as const).find((side) => at[side] >= versions[side].valid.length);
    if (lacking !== undefined)
      return versions[lacking].complete ? { kind: 'none' } : { kind: 'read-more', of: lacking };
    if (merge(at) !== undefined) return at;
    const side = youngerFirst(versions, at).find(
      (one) => at[one] + 1 < versions[one].valid.length || !versions[one].complete,
    );
    if (side === undefined) return { kind: 'none' };
    at = { ...at, [side]: at[side] + 1 };
  }
}

function youngerFirst({ own, defaults }: Versions, at: Position): readonly Side[] {
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
