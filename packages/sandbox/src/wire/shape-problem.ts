import { AwsError } from '../aws-error.ts';
import type { ServiceName } from '../operation.ts';
import type { ShapeError } from './shape.ts';

/**
 * The exception of a service for a request of the wrong shape. JSON of a wrong type never reaches SSM's or
 * EventBridge's own validation: their front end returns `SerializationException`. Its messages do not name the member;
 * the sandbox adds it in parentheses.
 */
export function shapeProblem(service: ServiceName, problem: ShapeError): AwsError {
  const where = `(${problem.member === '' ? 'the request' : problem.member})`;
  if (problem.kind === 'missing') return missingMember(service, problem.member);
  switch (service) {
    case 'ec2':
      return new AwsError('InvalidParameterValue', `${problem.message} ${where}`);
    case 'elasticloadbalancing':
      return new AwsError('ValidationError', problem.message);
    case 'lambda':
      return new AwsError(
        'InvalidRequestContentException',
        `Could not parse request body into json: ${problem.message} ${where}`,
      );
    default:
      return new AwsError('SerializationException', `${problem.message} ${where}`);
  }
}

function missingMember(service: ServiceName, member: string): AwsError {
  if (service === 'ec2') return new AwsError('MissingParameter', `The request must contain the parameter ${member}`);
  const name = member.replaceAll(/(^|\.)([A-Z])/g, (_, dot: string, letter: string) => dot + letter.toLowerCase());
  return new AwsError(
    service === 'elasticloadbalancing' || service === 'monitoring' ? 'ValidationError' : 'ValidationException',
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  );
}
