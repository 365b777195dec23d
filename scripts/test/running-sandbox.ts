import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../tasks.ts';

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** A running `npm run sandbox`, on free ports. */
export interface RunningSandbox extends AsyncDisposable {
  readonly endpoint: string;
  readonly loadBalancerUrl: string;
  /** The output of the script. */
  readonly printed: string;
  /** Runs a program in `folder`, or in a temporary one. `input` is its standard input. */
  run(program: string, args: readonly string[], input: string, folder?: string): Promise<Ended>;
  /** Calls the admin API. */
  ask(path: string): Promise<Record<string, unknown>>;
}

/** Waits until a program has exited, and returns its output. */
async function endOf(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [status] = await once(child, 'close');
  return { status, output };
}

/** Starts `scripts/sandbox.ts` as a process, and waits until it has printed its addresses. */
export async function openRunningSandbox(): Promise<RunningSandbox> {
  const script = join(root, 'scripts', 'sandbox.ts');
  const child = spawn(process.execPath, [script, '--api-port', '0', '--load-balancer-port', '0'], { cwd: root });
  let printed = '';
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill();
    await ended;
  };
  const isUp = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (printed.includes('lists the rest.')) resolve();
      });
    }
    void ended.then(() => reject(new Error(`the sandbox exited: ${printed}`)));
  });
  await isUp;
  const [, endpoint = ''] = /^ *API +(http:\S+)/m.exec(printed) ?? [];
  const [, loadBalancerUrl = ''] = /^ *load balancer +(http:\S+)/m.exec(printed) ?? [];
  return {
    endpoint,
    loadBalancerUrl,
    printed,
    run: (program, args, input, folder) => runOn(endpoint, program, args, input, folder),
    ask: async (path) => (await (await fetch(`${endpoint}/_sandbox/${path}`)).json()) as Record<string, unknown>,
    [Symbol.asyncDispose]: stop,
  };
}

async function runOn(
  endpoint: string,
  program: string,
  args: readonly string[],
  input: string,
  folder?: string,
): Promise<Ended> {
  const temporary = mkdtempSync(join(tmpdir(), 'start-engines-docs-'));
  const here = join(temporary, 'here');
  mkdirSync(here);
  const { AWS_PROFILE: _, AWS_SESSION_TOKEN: __, ...inherited } = process.env;
  const env = {
    ...inherited,
    // Ensures that no command of a page ever reaches AWS.
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-2',
    AWS_DEFAULT_REGION: 'us-east-2',
    AWS_ACCESS_KEY_ID: 'sandbox',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    AWS_PAGER: '',
    TMPDIR: temporary,
  };
  try {
    const child = spawn(program, args, { cwd: folder ?? here, env, timeout: 230_000 });
    child.stdin.end(input);
    return await endOf(child);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
