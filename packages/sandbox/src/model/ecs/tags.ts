import { list, type Shaped, string, structure } from '../shape.ts';
import { invalidParameter } from './ecs-operation.ts';
import type { Tag } from './task.ts';

export const tagsShape = list(structure({ key: string, value: string }));

// AWS-024
const tagLimit = 50;
const tagCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** @throws `AwsError` InvalidParameterException for an invalid tag or more than 50 tags */
export function checkTags(tags: Shaped<typeof tagsShape>): readonly Tag[] {
  if (tags.length > tagLimit) throw invalidParameter(`Tags can not have more than ${tagLimit} entries.`);
  const seen = new Set<string>();
  return tags.map(({ key = '', value = '' }) => {
    if (key === '' || key.length > 128) throw invalidParameter('Tag keys must have 1 to 128 characters.');
    if (value.length > 256) throw invalidParameter(`The value of the tag ${key} is longer than 256 characters.`);
    if (!tagCharacters.test(key) || !tagCharacters.test(value)) {
      throw invalidParameter(
        `The tag ${key} has a character that is not allowed: letters, digits, spaces and + - = . _ : / @ are.`,
      );
    }
    if (/^aws:/i.test(key)) throw invalidParameter('Tag keys that begin with aws: are reserved.');
    if (/^aws:/i.test(value)) throw invalidParameter('Tag values that begin with aws: are reserved.');
    if (seen.has(key)) throw invalidParameter(`The tag key ${key} stands there twice.`);
    seen.add(key);
    return { key, value };
  });
}

/** AWS's own tags do not count. @throws `AwsError` InvalidParameterException for more than 50 tags */
export function checkTagCount(tags: readonly Tag[]): readonly Tag[] {
  if (tags.filter(({ key }) => !key.startsWith('aws:')).length <= tagLimit) return tags;
  throw invalidParameter(`A resource can not have more than ${tagLimit} tags.`);
}

/** Merges tags. The second list takes precedence. */
export function mergeTags(tags: readonly Tag[], over: readonly Tag[]): readonly Tag[] {
  const merged = new Map([...tags, ...over].map(({ key, value }) => [key, value]));
  return [...merged].map(([key, value]) => ({ key, value }));
}
