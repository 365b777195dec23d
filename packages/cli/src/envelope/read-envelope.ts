import { gunzipSync } from 'node:zlib';
import { callAws } from '@start-engines/aws';
import { parametersBelow } from '@start-engines/core';
import type { AwsAccess } from '../aws-access.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';

/**
 * What the function's role may access, as Terraform publishes it in `<path>/envelope` (docs/adr/0011): names, or patterns
 * in which `*` stands for any characters.
 */
export interface Envelope {
  readonly clusters: readonly string[];
  readonly taskFamilies: readonly string[];
  readonly taskRoleArns: readonly string[];
  readonly targetGroupArns: readonly string[];
}

const keys = ['clusters', 'taskFamilies', 'taskRoleArns', 'targetGroupArns'] as const;

/** The parameter of a workspace's envelope. */
export function envelopeParameter(parameterPath: string): string {
  return parametersBelow(parameterPath).envelope;
}

/**
 * Undefined if none is published.
 *
 * @throws StartEnginesError an AWS code. @throws CliError `EnvelopeInvalid` if the parameter is not an envelope
 */
export async function readEnvelope(aws: AwsAccess, parameterPath: string): Promise<Envelope | undefined> {
  const parameter = envelopeParameter(parameterPath);
  const { GetParametersCommand } = await import('../sdk/ssm.ts');
  const client = await aws.ssm();
  const operation = { service: 'SSM', operation: 'GetParameters', about: { parameter } } as const;
  const reply = await callAws(operation, () => client.send(new GetParametersCommand({ Names: [parameter] })));
  const text = reply.Parameters?.[0]?.Value;
  return text === undefined ? undefined : parseEnvelope(text, parameter);
}

/** @throws CliError `EnvelopeInvalid` */
export function parseEnvelope(text: string, parameter: string): Envelope {
  const raw = parseObject(text);
  const lists = keys.map((key) => {
    const list = raw?.[key];
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? (list as string[]) : undefined;
  });
  const [clusters, taskFamilies, taskRoleArns, targetGroupArns] = lists;
  if (!clusters || !taskFamilies || !taskRoleArns || !targetGroupArns) {
    throw new CliError(
      'EnvelopeInvalid',
      `${parameter} is not JSON (plain or compressed) with the lists ${keys.join(', ')}.`,
      {
        exitCode: exitCodes.unknown,
        hint: 'Terraform writes it: apply the workspace again.',
      },
    );
  }
  return { clusters, taskFamilies, taskRoleArns, targetGroupArns };
}

/** From Terraform's base64gzip: the envelope of many services would not fit otherwise. */
function decompress(text: string): string {
  return gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: 1_000_000 }).toString('utf8');
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text.startsWith('{') ? text : decompress(text));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
