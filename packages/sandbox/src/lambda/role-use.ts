import type { Authoriser } from '../authorisation/authoriser.ts';
import { type Account, makeArn } from '../model/arn.ts';
import type { FunctionConfiguration } from './function-configuration.ts';

/** Lambda's own use of a function's role. */
export interface RoleUse {
  /** Permission to write the log. Without it the function runs, but its log is lost. */
  mayLog(configuration: FunctionConfiguration, streamName: string, isFirst: boolean): Promise<boolean>;
  maySend(configuration: FunctionConfiguration, destinationArn: string): Promise<boolean>;
}

const sendActions: Readonly<Record<string, string>> = {
  sqs: 'sqs:SendMessage',
  sns: 'sns:Publish',
  lambda: 'lambda:InvokeFunction',
  events: 'events:PutEvents',
  s3: 's3:PutObject',
};

/** The log group of a function. */
export function logGroupOf(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

export function createRoleUse(authoriser: Authoriser | undefined, account: Account): RoleUse {
  async function may({ role, functionName }: FunctionConfiguration, action: string, resource: string) {
    return authoriser === undefined || authoriser.mayDo({ roleArn: role, sessionName: functionName }, action, resource);
  }

  return {
    async mayLog(configuration, streamName, isFirst) {
      const group = `log-group:${logGroupOf(configuration.functionName)}`;
      const stream = makeArn(account, 'logs', `${group}:log-stream:${streamName}`);
      if (isFirst && !(await may(configuration, 'logs:CreateLogStream', stream))) return false;
      return may(configuration, 'logs:PutLogEvents', stream);
    },
    maySend(configuration, destinationArn) {
      const service = destinationArn.split(':')[2] ?? '';
      return may(configuration, sendActions[service] ?? `${service}:Send`, destinationArn);
    },
  };
}
