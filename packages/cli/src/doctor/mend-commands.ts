import type { GlobalOptions } from '../global-options.ts';

/** Writes commands that an operator can paste: quoted for sh, PowerShell and cmd, with the options in use. */
export interface MendCommands {
  /** `engines …` in the same workspace. */
  engines(...words: readonly string[]): string;
  /** `aws …` in the same account and region. */
  aws(...words: readonly string[]): string;
}

/** @param usedRegion the Region that this command used: the AWS CLI may have no default */
export function createMendCommands(options: GlobalOptions, usedRegion: string): MendCommands {
  const { workspace, region, profile, endpointUrl } = options;
  const account = [
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...(endpointUrl === undefined ? [] : ['--endpoint-url', endpointUrl]),
  ];
  const places = [...(region === undefined ? [] : ['--region', region]), ...account];
  const inWorkspace = workspace === 'dev' ? [] : ['--workspace', workspace];
  return {
    engines: (...words) => ['engines', ...words, ...inWorkspace, ...places].map(quote).join(' '),
    aws: (...words) => ['aws', ...words, '--region', usedRegion, ...account].map(quote).join(' '),
  };
}

/** Only double quotes work in all three shells. */
function quote(word: string): string {
  return /^[A-Za-z0-9_./:=,@-]+$/.test(word) ? word : `"${word.replaceAll('"', '\\"')}"`;
}
