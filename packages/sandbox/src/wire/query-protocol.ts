import { AwsError } from '../aws-error.ts';
import type { WireRequest } from './identify-call.ts';
import type { Protocol, WireReply } from './protocol.ts';
import { readQueryInput, writeXmlMembers } from './query-values.ts';

const namespace = 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/';
const apiVersion = '2015-12-01';

/** The query protocol of Elastic Load Balancing v2: form parameters in requests, XML in replies. */
export const queryProtocol: Protocol = {
  operationOf(request) {
    const form = formOf(request);
    const action = form.get('Action');
    if (action === null) throw new AwsError('MissingAction', 'Missing Action');
    if (form.get('Version') !== apiVersion) throw invalidAction(action);
    return action;
  },
  readInput(request, operation, shapes) {
    return readQueryInput(shapes[operation], formOf(request));
  },
  writeOutput(operation, output, requestId) {
    const result = `<${operation}Result>${writeXmlMembers(output)}</${operation}Result>`;
    const metadata = `<ResponseMetadata>${writeXmlMembers({ RequestId: requestId })}</ResponseMetadata>`;
    return xmlReply(
      200,
      `<${operation}Response xmlns="${namespace}">${result}${metadata}</${operation}Response>`,
      requestId,
    );
  },
  writeError(error, requestId) {
    const type = error.httpStatus < 500 ? 'Sender' : 'Receiver';
    const inner = writeXmlMembers({
      Error: { Type: type, Code: error.code, Message: error.message, ...error.members },
    });
    const id = writeXmlMembers({ RequestId: requestId });
    return xmlReply(error.httpStatus, `<ErrorResponse xmlns="${namespace}">${inner}${id}</ErrorResponse>`, requestId);
  },
  unknownOperation: invalidAction,
};

function invalidAction(action: string): AwsError {
  return new AwsError('InvalidAction', `The action ${action} is not valid for this web service.`);
}

function formOf(request: WireRequest): URLSearchParams {
  const body = request.body.toString('utf8');
  return body === '' ? request.url.searchParams : new URLSearchParams(body);
}

function xmlReply(status: number, body: string, requestId: string): WireReply {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}
