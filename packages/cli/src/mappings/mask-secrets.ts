/** Stands where the value of a variable is not shown. */
export const mask = '(hidden)';

const secretNames =
  /pass(word|wd|phrase|code)?s?$|secret|token|credential|api_?key|access_?key|private_?key|signing_?key|encryption_?key|_key$|^key$|dsn$|connection_?string|auth$/i;

const secretValues: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\./,
  // A URL with a password in it.
  /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i,
  /\b(gh[pousr]_|xox[abprs]-|sk_live_|glpat-)[\w-]{8,}/,
];

/** Whether a variable of a container looks as if its value were not for everybody's eyes. */
export function looksSecret(name: string, value: string): boolean {
  return secretNames.test(name) || secretValues.some((pattern) => pattern.test(value)) || looksRandom(value);
}

/** Long, without spaces, and of letters and digits in no order: what keys look like, and words do not. */
function looksRandom(value: string): boolean {
  if (!/^[A-Za-z0-9+/_=-]{24,}$/.test(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(value)).length;
  return kinds === 3 || /^[0-9a-f]{32,}$/i.test(value);
}

type Json = Readonly<Record<string, unknown>>;

/** Names of the variables of a document that look like secrets. */
export function secretsOf(document: Json): readonly string[] {
  return Object.entries(environmentOf(document))
    .filter(([name, value]) => typeof value === 'string' && looksSecret(name, value))
    .map(([name]) => name);
}

/** The document with a mask in the place of what looks secret. */
export function maskSecrets(document: Json): Json {
  const secrets = secretsOf(document);
  return secrets.length === 0 ? document : withVariables(document, secrets, () => mask);
}

/**
 * Two documents side by side: a secret that is the same in both shows the mask, one that differs shows whose it is, so
 * that a change can be seen without the values.
 */
export function maskPair(before: Json, after: Json, labels: readonly [string, string]): readonly [Json, Json] {
  const secrets = [...new Set([...secretsOf(before), ...secretsOf(after)])];
  const [one, other] = [environmentOf(before), environmentOf(after)];
  const hide = (index: 0 | 1) => (name: string) =>
    one[name] === other[name] ? mask : `(hidden, that of ${labels[index]})`;
  return [withVariables(before, secrets, hide(0)), withVariables(after, secrets, hide(1))];
}

/** Whether a value is a mask that was taken for the value. */
export function isMask(value: unknown): boolean {
  return typeof value === 'string' && /^\(hidden(,[^)]*)?\)$/.test(value);
}

function withVariables(document: Json, names: readonly string[], show: (name: string) => string): Json {
  const environment = environmentOf(document);
  const shown = Object.entries(environment).map(([name, value]) => [name, names.includes(name) ? show(name) : value]);
  return shown.length === 0 ? document : { ...document, environment: Object.fromEntries(shown) };
}

export function environmentOf({ environment }: Json): Json {
  return typeof environment === 'object' && environment !== null && !Array.isArray(environment)
    ? (environment as Json)
    : {};
}
