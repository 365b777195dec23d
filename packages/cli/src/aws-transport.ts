import type { AwsClientSettings } from '@start-engines/aws';
import { StartEnginesError } from '@start-engines/core';

type RequestHandler = AwsClientSettings['requestHandler'];
/** What the SDK needs of a request handler. */
export type Transport = Pick<
  RequestHandler,
  'metadata' | 'handle' | 'destroy' | 'updateHttpClientConfig' | 'httpHandlerConfigs'
>;

/** Every service of AWS names the request in every answer, under one of these. */
const requestIdHeaders = ['x-amzn-requestid', 'x-amzn-request-id', 'x-amz-request-id', 'x-amz-id-2'];

/** The code in the context of the error for whoever answers and is not AWS. */
export const notAws = 'NotAws';

/**
 * A request handler over the connections of another one that takes no answer for AWS's which is not, and ends what is under
 * way when it is interrupted. What `--endpoint-url` names may be any server: what that says is neither "there is none" nor
 * "no".
 *
 * @param signal ends every request; without one a request ends as its own call says
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
  return new StartEnginesError('AwsUnavailable', `${where} answered, and it is not AWS that answers there.`, {
    context: { awsCode: notAws, httpStatus },
  });
}
