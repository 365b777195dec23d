import type { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';

/**
 * Puts function, request and workspace on every line, and forgets at the end what the invocation added. Powertools' own
 * middleware would also write the whole event when a variable says so; events may hold values of environments.
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
