import { isWorkspaceName, parameterPathOf } from '@start-engines/core';
import { type Command, Option } from 'commander';
import { usageError } from './cli-error.ts';

/** The options of every command. */
export interface GlobalOptions {
  readonly workspace: string;
  /** Name or ARN of the deployed function, with its alias. */
  readonly functionName: string;
  /** `/start-engines/<workspace>`, the path of the mappings. */
  readonly parameterPath: string;
  readonly json: boolean;
  /** Do not ask for confirmation. */
  readonly yes: boolean;
  readonly region?: string;
  readonly profile?: string;
  readonly endpointUrl?: string;
}

const defaultWorkspace = 'dev';

/** Adds them to the program. They are accepted before and after the name of a command. */
export function addGlobalOptions(program: Command): void {
  program
    .addOption(
      new Option('-w, --workspace <name>', 'Terraform workspace; selects the function and the mappings')
        .env('ENGINES_WORKSPACE')
        .default(defaultWorkspace),
    )
    .addOption(
      new Option('--function <name>', 'the deployed function (default: start-engines-lambda-<workspace>:live)').env(
        'ENGINES_FUNCTION',
      ),
    )
    .option('--region <region>', 'AWS Region (default: from the environment or the profile, then us-east-2)')
    .option('--profile <name>', 'profile of the AWS configuration files')
    .option('--endpoint-url <url>', 'endpoint of the AWS APIs, such as a sandbox')
    .option('--json', 'print JSON, for scripts')
    .option('-y, --yes', 'do not ask for confirmation');
}

/** @throws CliError `Usage` */
export function readGlobalOptions(command: Command): GlobalOptions {
  const given = command.optsWithGlobals<{
    workspace: string;
    function?: string;
    region?: string;
    profile?: string;
    endpointUrl?: string;
    json?: boolean;
    yes?: boolean;
  }>();
  const { workspace, region, profile, endpointUrl } = given;
  if (!isWorkspaceName(workspace)) {
    throw usageError(`--workspace must be 1 to 12 of a-z, 0-9 and "-", starting with a letter, not "${workspace}".`);
  }
  if (given.function === '') throw usageError('--function must be the name or the ARN of a function, not "".');
  if (endpointUrl !== undefined && !(/^https?:\/\//i.test(endpointUrl) && URL.canParse(endpointUrl))) {
    throw usageError(`--endpoint-url must be a URL such as http://127.0.0.1:4566, not "${endpointUrl}".`);
  }
  return {
    workspace,
    functionName: given.function ?? `start-engines-lambda-${workspace}:live`,
    parameterPath: parameterPathOf(workspace),
    json: given.json ?? false,
    yes: given.yes ?? false,
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
  };
}
