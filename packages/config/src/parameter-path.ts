import { isWorkspaceName, StartEnginesError } from '@start-engines/core';

const prefix = '/start-engines/';

/**
 * The workspace that a parameter path belongs to.
 *
 * @param parameterPath `/start-engines/<workspace>`.
 * @throws StartEnginesError `Internal` for every other path: the function was deployed with a wrong one.
 */
export function workspaceOf(parameterPath: string): string {
  const workspace = parameterPath.startsWith(prefix) ? parameterPath.slice(prefix.length) : '';
  if (isWorkspaceName(workspace)) return workspace;
  throw new StartEnginesError(
    'Internal',
    `The parameter path must be /start-engines/<workspace>, not ${JSON.stringify(parameterPath)}.`,
    { context: { parameterPath } },
  );
}

/** Where the documents of a workspace stand. */
export interface ParameterNames {
  readonly defaults: string;
  /** The path of the services' parameters, without a slash at the end. */
  readonly services: string;
  /** The path of what Terraform made for each service, without a slash at the end. */
  readonly deployed: string;
}

/** @throws StartEnginesError `Internal` when it is no parameter path. */
export function parameterNames(parameterPath: string): ParameterNames {
  workspaceOf(parameterPath);
  return {
    defaults: `${parameterPath}/defaults`,
    services: `${parameterPath}/services`,
    deployed: `${parameterPath}/deployed`,
  };
}
