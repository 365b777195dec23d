import { isDeepStrictEqual } from 'node:util';
import type { SandboxClock } from '../clock.ts';
import type { Operations } from '../operation.ts';
import type { DeployedFunction } from './deployed-function.ts';
import { describeFunction, type FunctionConfiguration } from './function-configuration.ts';
import { invalidParameter, preconditionFailed } from './lambda-error.ts';

type Input = Readonly<Record<string, unknown>>;

/** The operations on published versions. @param whole finds a function without a qualifier */
export function createVersionOperations(whole: (input: Input) => DeployedFunction, clock: SandboxClock): Operations {
  return {
    PublishVersion(input) {
      const deployed = whole(input);
      const { code, revisionId } = deployed.latest;
      if (input.RevisionId !== undefined && input.RevisionId !== revisionId) {
        throw preconditionFailed(
          'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
        );
      }
      if (input.CodeSha256 !== undefined && input.CodeSha256 !== code.sha256) {
        throw invalidParameter(
          `CodeSHA256 (${String(input.CodeSha256)}) is different from current CodeSHA256 in $LATEST (${code.sha256}). Please try again with the CodeSHA256 in $LATEST.`,
        );
      }
      return describeVersion(publishVersion(deployed, clock.now(), input.Description as string | undefined));
    },
    ListVersionsByFunction(input) {
      const { latest, published } = whole(input);
      return { Versions: [latest, ...published.values()].map(describeVersion) };
    },
  };
}

/** Publishes `$LATEST` under the next number, or returns the last version if nothing has changed since. */
export function publishVersion(deployed: DeployedFunction, now: number, description?: string): FunctionConfiguration {
  const { latest } = deployed;
  const last = deployed.published.get(String(deployed.lastVersion));
  if (last !== undefined && isDeepStrictEqual(settingsOf(last), settingsOf(latest))) return last;
  deployed.lastVersion += 1;
  const version = {
    ...latest,
    version: String(deployed.lastVersion),
    description: description ?? latest.description,
    lastModifiedAt: now,
  };
  deployed.published.set(version.version, version);
  return version;
}

/** The content of a version, without its number and time. */
function settingsOf({ version: _version, lastModifiedAt: _at, revisionId: _id, ...rest }: FunctionConfiguration) {
  const { description: _description, code, ...settings } = rest;
  return { ...settings, code: code.sha256 };
}

function describeVersion(configuration: FunctionConfiguration) {
  return describeFunction(configuration, `${configuration.functionArn}:${configuration.version}`);
}
