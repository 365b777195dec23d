/** Replaces the value of a hidden variable. */
export const mask = '(hidden)';

const secretNames =
  /pass(word|wd|phrase|code)?s?$|secret|token|credential|api_?key|access_?key|private_?key|signing_?key|encryption_?key|_key$|^key$|dsn$|connection_?string|auth$/i;

const secretValues: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\./,
  // A URL with a password.
  /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i,
  /\b(gh[pousr]_|xox[abprs]-|sk_live_|glpat-)[\w-]{8,}/,
];

/** Whether the value of a variable looks like a secret. */
export function looksSecret(name: string, value: string): boolean {
  return secretNames.test(name) || secretValues.some((pattern) => pattern.test(value)) || looksRandom(value);
}

/** Long, without spaces, with letters and digits mixed: keys look like that, words do not. */
function looksRandom(value: string): boolean {
  if (!/^[A-Za-z0-9+/_=-]{24,}$/.test(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(value)).length;
  return kinds === 3 || /^[0-9a-f]{32,}$/i.test(value);
}

type Json = Readonly<Record<string, unknown>>;

/** The names of variables whose values look like secrets. */
export function secretsOf(document: Json): readonly string[] {
  return Object.entries(environmentOf(document))
    .filter(([name, value]) => typeof value === 'string' && looksSecret(name, value))
    .map(([name]) => name);
}

/** The document with a placeholder in place of secrets. */
export function maskSecrets(document: Json): Json {
  const secrets = secretsOf(document);
  return secrets.length === 0 ? document : withVariables(document, secrets, () => mask);
}

/**
 * Masks two documents for a diff. A secret that is the same in both shows the placeholder; one that differs shows the label
 * of its document, so that the diff shows a change without the values.
 */
export function maskPair(before: Json, after: Json, labels: readonly [string, string]): readonly [Json, Json] {
  const secrets = [...new Set([...secretsOf(before), ...secretsOf(after)])];
  const [one, other] = [environmentOf(before), environmentOf(after)];
  const hide = (index: 0 | 1) => (name: string) =>
    one[name] === other[name] ? mask : `(hidden, value of ${labels[index]})`;
  return [withVariables(before, secrets, hide(0)), withVariables(after, secrets, hide(1))];
}

/** Whether a value is a placeholder that was put as the value. */
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
