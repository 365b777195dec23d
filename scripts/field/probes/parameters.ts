import {
  DeleteParametersCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import type { Probe } from './probe.ts';
import { errorOf, type ProbeWorld } from './world.ts';

/** Probes of Parameter Store. They delete their parameters. */
export const parameterProbes: readonly Probe[] = [
  {
    fact: 'AWS-053',
    run: (world) =>
      withParameters(world, async (path, put) => {
        for (let index = 0; index < 11; index += 1) await put(`${path}/${index}`, 'x');
        const read = (MaxResults: number, NextToken?: string) =>
          world.clients.ssm.send(
            new GetParametersByPathCommand({ Path: path, MaxResults, ...(NextToken ? { NextToken } : {}) }),
          );
        const tooMany = await errorOf(read(11));
        const sizes: number[] = [];
        let token: string | undefined;
        do {
          const page = await read(10, token);
          sizes.push(page.Parameters?.length ?? 0);
          token = page.NextToken;
        } while (token !== undefined && sizes.length < 20);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        return {
          holds: total === 11 && sizes.every((size) => size <= 10) && tooMany.startsWith('ValidationException'),
          observed: `pages of ${sizes.join(', ')}; MaxResults 11: ${tooMany.split(':')[0]}`,
        };
      }),
  },
  {
    fact: 'AWS-054',
    readOnly: true,
    async run({ clients, resources, unique }) {
      const Names = Array.from({ length: 11 }, (_, index) => `/${resources.prefix}/${unique()}/${index}`);
      const one = await clients.ssm.send(new GetParametersCommand({ Names: Names.slice(0, 1) }));
      const tooMany = await errorOf(clients.ssm.send(new GetParametersCommand({ Names })));
      const missing = one.InvalidParameters ?? [];
      return {
        holds: missing.join() === Names[0] && tooMany.startsWith('ValidationException'),
        observed: `${missing.length} missing; 11 names: ${tooMany.split(':')[0]}`,
      };
    },
  },
  refused('AWS-055', '{{nested}}', /ValidationException/),
  refused('AWS-056', 'x'.repeat(4_097), /ValidationException/),
  {
    fact: 'AWS-057',
    run: (world) =>
      withParameters(world, async (path, put) => {
        const Name = `${path}/versions`;
        await put(Name, 'first');
        await put(Name, 'second', { Overwrite: true });
        const { Parameters = [] } = await world.clients.ssm.send(new GetParametersCommand({ Names: [`${Name}:1`] }));
        const found = Parameters.map(({ Version, Value }) => `version ${Version}: ${Value}`).join();
        return { holds: found === 'version 1: first', observed: found };
      }),
  },
  {
    fact: 'AWS-058',
    run: (world) =>
      withParameters(world, async (path, put) => {
        await put(`${path}/twice`, 'first');
        const observed = await errorOf(put(`${path}/twice`, 'second'));
        return { holds: observed.startsWith('ParameterAlreadyExists'), observed };
      }),
  },
];

function refused(fact: string, value: string, wanted: RegExp): Probe {
  return {
    fact,
    run: (world) =>
      withParameters(world, async (path, put) => {
        const observed = await errorOf(put(`${path}/refused`, value, { Tier: 'Standard' }));
        return { holds: wanted.test(observed), observed };
      }),
  };
}

type Put = (name: string, value: string, further?: Partial<PutParameterCommandInput>) => Promise<void>;

/** Parameter Store takes three new parameters a second. */
const pauseMs = 350;

async function withParameters<T>(
  { clients: { ssm }, resources: { prefix }, unique }: ProbeWorld,
  run: (path: string, put: Put) => Promise<T>,
): Promise<T> {
  const names = new Set<string>();
  const put: Put = async (Name, Value, further = {}) => {
    names.add(Name);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...further }));
  };
  try {
    return await run(`/${prefix}/${unique()}`, put);
  } finally {
    const all = [...names];
    for (let start = 0; start < all.length; start += 10) {
      await ssm.send(new DeleteParametersCommand({ Names: all.slice(start, start + 10) }));
    }
  }
}
