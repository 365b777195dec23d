import { isWorkspaceName, StartEnginesError, workspaceInPath } from '@start-engines/core';

/**
 * The workspace that a parameter path belongs to.
 *
 * @param parameterPath `/start-engines/<workspace>`.
 * @throws StartEnginesError `Internal` for every other path, which the deployment got wrong.
 */
export function workspaceOf(parameterPath: string): string {
  const workspace = workspaceInPath(parameterPath);
  if (isWorkspaceName(workspace)) return workspace;
  throw new StartEnginesError(
    'Internal',
    `The parameter path must be /start-engines/<workspace>, not ${JSON.stringify(parameterPath)}.`,
    { context: { parameterPath } },
  );
}
