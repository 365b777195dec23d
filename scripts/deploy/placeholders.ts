/** A sample value of `terraform/environments/*.tfvars` that is still in a file of variables. */
export interface Placeholder {
  /** The variable, with the path to the value, such as `services.auth.task_role_arns`. */
  readonly variable: string;
  readonly value: string;
}

/** AWS's account for documentation, and the invented IDs of the sample files. */
const sample =
  /123456789012|\b(vpc|subnet)-(0a1b2c3d4e5f60718|0b1c2d3e4f5061728|0c1d2e3f405162738|0d1e2f30415263748)\b|certificate\/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9/;

/** Comments, strings, brackets, and the names before `=` or `:`. */
const tokens =
  /(?<comment>#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|"(?<key>[^"\\\n]*)"\s*[=:](?!=)|(?<string>"(?:\\.|[^"\\])*")|(?<name>[\w-]+)\s*[=:](?!=)|(?<open>[{[])|(?<close>[}\]])/g;

/** The sample values in a tfvars file, outside its comments. */
export function findPlaceholders(text: string): readonly Placeholder[] {
  const found: Placeholder[] = [];
  const path: string[] = [];
  let name = '';
  for (const { groups = {} } of text.matchAll(tokens)) {
    if (groups.open !== undefined) {
      path.push(name);
      name = '';
    } else if (groups.close !== undefined) {
      name = '';
      path.pop();
    } else if (groups.string !== undefined) {
      const value = groups.string.slice(1, -1);
      const variable = [...path, name].filter((part) => part !== '').join('.');
      if (sample.test(value)) found.push({ variable, value });
    } else if (groups.comment === undefined) {
      name = groups.name ?? groups.key ?? '';
    }
  }
  return found;
}
