import type { HclValue, Proposal, Setting } from './propose.ts';

/** The proposal as a tfvars file. Undecided settings are comments that begin with `UNDECIDED`. */
export function renderTfvars(
  { settings, services, remarks }: Proposal,
  source: { readonly region: string; readonly workspace: string },
): string {
  const lines = [
    `# Written by engines import for the workspace ${source.workspace}, from the resources in ${source.region}.`,
    '# Check every value. Search for UNDECIDED: those values are missing, and Terraform asks for them.',
    `region = ${toHcl(source.region)}`,
    ...settings.flatMap((one) => renderSetting(one, '')),
    '',
    'services = {',
    ...services.flatMap(({ name, remarks: about, settings: attributes }) => [
      ...about.map((remark) => `  # ${oneLine(remark)}`),
      `  ${name} = {`,
      ...attributes.flatMap((one) => renderSetting(one, '    ')),
      '  }',
      '',
    ]),
  ];
  if (services.length > 0) lines.pop();
  return `${[...lines, '}', ...remarks.map((remark) => `# ${oneLine(remark)}`)].join('\n')}\n`;
}

function renderSetting({ name, value, comment }: Setting, indent: string): readonly string[] {
  if (value === undefined) return [`${indent}# UNDECIDED ${name}: ${oneLine(comment ?? '')}`];
  const remark = comment === undefined ? [] : [`${indent}# ${name}: ${oneLine(comment)}`];
  return [...remark, `${indent}${name} = ${toHcl(value)}`];
}

function toHcl(value: HclValue): string {
  if (typeof value === 'string') {
    // In HCL, `${` and `%{` begin a template.
    return JSON.stringify(value).replaceAll('${', '$${').replaceAll('%{', '%%{');
  }
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => toHcl(item as HclValue)).join(', ')}]`;
  const pairs = Object.entries(value).map(([key, item]) => `${key} = ${toHcl(item as HclValue)}`);
  return `{ ${pairs.join(', ')} }`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
