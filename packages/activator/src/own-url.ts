import type { Request } from './read-request.ts';

/** The request's own address, as a path: the host stays the one that the client chose, whatever the request's headers say. */
export function ownUrl({ path, query }: Pick<Request, 'path' | 'query'>): string {
  // A second slash or backslash would make the rest a host.
  const sameHost = /^\/[/\\]/.test(path) ? `/.${path}` : path;
  return `${sameHost}${query}`.replace(/[^!-~]|[#\\"<>^`{|}]/gu, encode);
}

function encode(character: string): string {
  try {
    return encodeURIComponent(character);
  } catch {
    return '%EF%BF%BD';
  }
}
