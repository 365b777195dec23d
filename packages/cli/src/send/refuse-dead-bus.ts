import { callAws } from '@start-engines/aws';
import { StartEnginesError } from '@start-engines/core';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';

/**
 * Refuses a bus that delivers to nothing. PutEvents does not refuse it: it answers with an event ID and loses the event when
 * the bus does not exist (aws/aws-cli#9186) or has no rule. The check is skipped if the rules may not be listed, and for a
 * bus that is named by its ARN, which may be in another account.
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
    throw notSent('EventBusNotFound', `Event bus ${bus} does not exist.`, error);
  }
  throw notSent('NoRule', `Event bus ${bus} has no enabled rule, so nothing would receive the event.`);
}

function notSent(code: string, message: string, cause?: unknown): CliError {
  return new CliError(code, `${message} Nothing was sent.`, {
    exitCode: exitCodes.failed,
    cause,
    hint: 'Check --bus, --profile and --region.',
  });
}
