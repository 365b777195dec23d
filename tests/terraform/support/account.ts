import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Deployment } from './deployment.ts';

const script = fileURLToPath(new URL('./account.py', import.meta.url));
export const python = process.platform === 'win32' ? 'python' : 'python3';

/** An AWS account, read through boto3, independently of the Terraform provider. */
export interface Account {
  /** Environment variables for terraform and boto3. */
  readonly environment: Readonly<Record<string, string>>;
  /** Creates a VPC with two subnets and a certificate, and returns their IDs. */
  prepare(): Promise<{ readonly vpcId: string; readonly subnets: readonly string[]; readonly certificateArn: string }>;
  read(workspace: string): Promise<Deployment>;
  /** Edits an existing parameter, as an operator would. */
  putParameter(name: string, value: string): Promise<void>;
  /** All resources of the account, as `<service> <name>`. */
  list(): Promise<readonly string[]>;
}

export function openAccount(endpoint: string, region: string): Account {
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  async function ask<Answer>(...args: readonly string[]): Promise<Answer> {
    const { stdout } = await promisify(execFile)(python, [script, ...args], {
      env: { ...process.env, ...environment },
      maxBuffer: 64 * 1024 * 1024,
    });
    return JSON.parse(stdout);
  }
  return {
    environment,
    prepare: () => ask('prepare'),
    read: (workspace) => ask('read', workspace),
    putParameter: (name, value) => ask('put-parameter', name, value),
    list: () => ask('list'),
  };
}
