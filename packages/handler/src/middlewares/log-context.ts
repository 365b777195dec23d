import type { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';

/**
 * Adds function, request and workspace to every line, and removes the invocation's keys when it ends. Powertools' own middleware
 * can be configured to log the whole event, which may contain values of environment variables.
 */
export function logContext(logger: Logger, workspace: string | undefined): MiddlewareObj {
  const forget = () => logger.resetKeys();
  return {
    before({ context }) {
      logger.addContext(context);
      logger.appendKeys({ workspace });
    },
    after: forget,
    onError: forget,
  };
}
