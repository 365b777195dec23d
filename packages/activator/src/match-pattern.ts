/** Whether a text matches a pattern in which `*` stands for any run of characters. Upper and lower case are the same. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...others] = pattern.toLowerCase().split('*');
  const rest = text.toLowerCase();
  const last = others.pop();
  if (last === undefined) return rest === first;
  if (!rest.startsWith(first)) return false;
  // From the left, each part at its first occurrence. Regular expressions would try every combination.
  let position = first.length;
  for (const part of others) {
    const found = rest.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return rest.length - last.length >= position && rest.endsWith(last);
}
