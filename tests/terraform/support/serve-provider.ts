import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A running provider that terraform attaches to. */
export interface ServedProvider extends AsyncDisposable {
  /** The environment variable that tells terraform where the provider is. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Starts the provider that `terraform init` has found for a folder, as a server on this machine. Otherwise every run starts it
 * several times, and each start loads 700 MB.
 *
 * The server keeps one configuration: only runs with the same `provider` block and the same workspace may share it.
 *
 * @throws Error with the provider's output when it does not start
 */
export async function serveProvider(folder: string, environment: Record<string, string>): Promise<ServedProvider> {
  const child = spawn(executableIn(folder), ['-debug'], { cwd: folder, env: environment });
  const [attach] = await Promise.race([addressOf(child), failureOf(child)]);
  return {
    environment: { TF_REATTACH_PROVIDERS: attach },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'close');
      child.kill();
      await ended;
    },
  };
}

function executableIn(folder: string): string {
  let path = join(folder, '.terraform', 'providers', 'registry.terraform.io', 'hashicorp', 'aws');
  // Below it: the version, then the platform, then the executable.
  for (const wanted of [/^\d/, /_/, /^terraform-provider-aws/]) {
    const name = existsSync(path) ? readdirSync(path).find((one) => wanted.test(one)) : undefined;
    if (name === undefined) throw new Error(`terraform init has put no provider into ${path}`);
    path = join(path, name);
  }
  return path;
}

/** The provider prints how to set the variable in the shells of its platform; its value is the same in all of them. */
function addressOf({ stdout }: ChildProcess): Promise<[string]> {
  let printed = '';
  return new Promise((resolve) => {
    stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      const [, attach] = /TF_REATTACH_PROVIDERS=['"]?(\{.*\})/.exec(printed) ?? [];
      if (attach !== undefined) resolve([attach]);
    });
  });
}

async function failureOf(child: ChildProcess): Promise<never> {
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const [status] = await once(child, 'close');
  throw new Error(`the provider ended with ${status}: ${printed}`);
}
