import type { AwsClientSettings } from '@start-engines/aws';
import { StartEnginesError } from '@start-engines/core';

type RequestHandler = AwsClientSettings['requestHandler'];
/** What the SDK needs of a request handler. */
export type Transport = Pick<
  RequestHandler,
  'metadata' | 'handle' | 'destroy' | 'updateHttpClientConfig' | 'httpHandlerConfigs'
>;

/** Every response of an AWS service has a request ID in one of these headers. */
const requestIdHeaders = ['x-amzn-requestid', 'x-amzn-request-id', 'x-amz-request-id', 'x-amz-id-2'];

/** The `awsCode` of the error for a response that is not from AWS. */
export const notAws = 'NotAws';

/**
 * Wraps a request handler: rejects responses that are not from AWS, and aborts requests on an interruption. The server that
 * `--endpoint-url` names may be any server, and its 404 or 403 must not be read as "does not exist" or
 * "access denied".
 *
 * @param signal aborts every request; without it, only the signal of a call does
 */
export function guardTransport(inner: RequestHandler, signal?: AbortSignal): Transport {
  return {
    metadata: inner.metadata,
    async handle(request, options = {}) {
      const signals = [signal, options.abortSignal as AbortSignal | undefined].filter((one) => one !== undefined);
      const reply = await inner.handle(
        request,
        signals.length === 0 ? options : { ...options, abortSignal: AbortSignal.any(signals) },
      );
      const { statusCode, headers } = reply.response;
      if (statusCode < 500 && !requestIdHeaders.some((name) => name in headers)) {
        throw foreign(`${request.protocol}//${request.hostname}${request.port ? `:${request.port}` : ''}`, statusCode);
      }
      return reply;
    },
    destroy: () => inner.destroy(),
    updateHttpClientConfig: (key, value) => inner.updateHttpClientConfig(key, value),
    httpHandlerConfigs: () => inner.httpHandlerConfigs(),
  };
}

function foreign(where: string, httpStatus: number): StartEnginesError {
  return new StartEnginesError('AwsUnavailable', `${where} is not an AWS endpoint: its response has no request ID.`, {
    context: { awsCode: notAws, httpStatus },
  });
}
