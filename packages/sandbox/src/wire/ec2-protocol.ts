import { AwsError } from '../aws-error.ts';
import { ec2ApiVersion, type WireRequest } from './identify-call.ts';
import type { Protocol, WireReply } from './protocol.ts';
import { readQueryInput, writeXmlMembers } from './query-values.ts';

const namespace = `http://ec2.amazonaws.com/doc/${ec2ApiVersion}/`;

/** EC2's variant of the query protocol: lists are numbered without `member`, and errors have another format. */
export const ec2Protocol: Protocol = {
  operationOf(request) {
    const form = formOf(request);
    const action = form.get('Action');
    if (action === null) throw new AwsError('MissingAction', 'The request must contain an action');
    if (form.get('Version') !== ec2ApiVersion) throw invalidAction(action);
    return action;
  },
  readInput: (request, operation, shapes) => readQueryInput(shapes[operation], formOf(request), 'flat'),
  writeOutput(operation, output, requestId) {
    const members = writeXmlMembers({ requestId, ...output }, 'item');
    return xmlReply(200, `<${operation}Response xmlns="${namespace}">${members}</${operation}Response>`, requestId);
  },
  writeError(error, requestId) {
    const errors = writeXmlMembers({ Error: { Code: error.code, Message: error.message } });
    const id = writeXmlMembers({ RequestID: requestId });
    return xmlReply(error.httpStatus, `<Response><Errors>${errors}</Errors>${id}</Response>`, requestId);
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
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;
  return { status, headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId }, body: xml };
}
