import { callAws } from '@start-engines/aws';
import { StartEnginesError } from '@start-engines/core';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';

/**
 * Refuses a bus on which an event reaches nobody. PutEvents does not: it gives an event an id and loses it when the bus does
 * not exist (aws/aws-cli#9186) or has no rule. Where the rules may not be listed nothing is said; nor of a bus that goes by
 * its ARN, for it may be another account's.
 *
 * @throws CliError `EventBusNotFound`, `NoRule`
 */
export async function refuseDeadBus({ aws, signal }: CommandContext, bus: string): Promise<void> {
  if (bus.startsWith('arn:')) return;
  const { ListRulesCommand } = await import('../sdk/eventbridge.ts');
  const client = await aws.eventBridge();
  const operation = { service: 'EventBridge', operation: 'ListRules', about: { eventBusName: bus } } as const;
  let NextToken: string | undefined;
  try {
    do {
      const command = new ListRulesCommand({ EventBusName: bus, ...(NextToken === undefined ? {} : { NextToken }) });
      const page = await callAws(operation, () => client.send(command, { abortSignal: signal }));
      if ((page.Rules ?? []).some(({ State }) => State !== 'DISABLED')) return;
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  } catch (error) {
    if (!(error instanceof StartEnginesError) || error.code !== 'AwsRejected') return;
    if (error.context.awsCode !== 'ResourceNotFoundException') throw error;
    throw notSent('EventBusNotFound', `There is no event bus ${bus}.`, error);
  }
  throw notSent('NoRule', `The event bus ${bus} has no rule that is enabled, so that nobody would hear of the event.`);
}

function notSent(code: string, message: string, cause?: unknown): CliError {
  return new CliError(code, `${message} Nothing was sent.`, {
    exitCode: exitCodes.failed,
    cause,
    hint: 'Look at --bus, --profile and --region.',
  });
}
