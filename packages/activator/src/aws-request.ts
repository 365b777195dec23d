import type { Agent, ClientRequestArgs } from 'node:http';
import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsAnswer, AwsSettings, SendToAws } from './aws-call.ts';

/** Signs requests with the credentials that Lambda puts into the environment, and keeps connections open. */
export function createAwsSender({ region, endpoint }: AwsSettings): SendToAws {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const addressOf = (service: string) => new URL(endpoint ?? `https://${service}.${region}.${suffix}`);
  const http = process.getBuiltinModule(addressOf('ssm').protocol === 'https:' ? 'node:https' : 'node:http');
  const agent = new http.Agent({ keepAlive: true });
  const createSigner = (service: string) =>
    new SignatureV4({ service, region, sha256: Hash.bind(null, 'sha256'), credentials: readCredentials });
  const signers = { ssm: createSigner('ssm'), events: createSigner('events') };

  return async ({ service, target }, body, timeoutMs) => {
    const { protocol, hostname, host, port } = addressOf(service);
    const headers = { host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
    const place = { protocol, hostname, method: 'POST', path: '/', ...(port === '' ? {} : { port: Number(port) }) };
    const signed = await signers[service].sign({ ...place, query: {}, headers, body });
    return await send(http.request, { ...place, headers: signed.headers, agent }, body, timeoutMs);
  };
}

async function readCredentials() {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN } = process.env;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
  };
}

type Request = typeof import('node:http').request;

function send(
  request: Request,
  settings: ClientRequestArgs & { readonly agent: Agent },
  body: string,
  timeoutMs: number,
): Promise<AwsAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...settings, signal: AbortSignal.timeout(timeoutMs) }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
