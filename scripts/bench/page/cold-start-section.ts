import { plainName } from '../cold-start/build-variants.ts';
import type { Measured } from '../measure-all.ts';
import { table, verdict } from './markdown.ts';

export function coldStartSection({ coldStart, zipBytes }: Measured): string {
  const find = (name: string) => {
    const variant = coldStart.find((one) => one.name === name);
    if (variant === undefined) throw new Error(`variant "${name}" was not measured`);
    return variant;
  };
  const [ours, plain, defaults] = ['ours', plainName, "ours, esbuild's defaults"].map(find);
  if (!ours || !plain || !defaults) throw new Error('a variant is missing');
  return `## Cold start

The time from the start of a Node process until its function has answered the first start: ${ours.importMs.count} processes of each
variant in turn, on a sandbox that answers without delay over plain HTTP. Node’s fetch library, which Node loads only for plain HTTP, is
not counted because AWS uses HTTPS. TLS is not counted because the sandbox does not support it. The ratios use CPU milliseconds, which
depend least on the machine’s other load. Every variant waits 250 ms before it reads its task, which the wall time includes.

![cold start](benchmarks/cold-start.svg)

${table(
  ['variant', 'import, CPU ms', 'import, ms', 'first start, CPU ms', 'first start, ms', 'peak memory, MB'],
  coldStart.map(({ name, importCpuMs, importMs, firstStartCpuMs, firstStartMs, peakMemoryMb }) => [
    name,
    importCpuMs.median.toFixed(0),
    importMs.median.toFixed(0),
    firstStartCpuMs.median.toFixed(0),
    firstStartMs.median.toFixed(0),
    peakMemoryMb.toFixed(0),
  ]),
)}

“The plain steps” are a simple implementation: five calls with the same three SDK clients, without any safeguards. Ours makes nine
calls, validates a mapping, and writes logs and metrics.

${[
  verdict({
    what: 'import as a fraction of our code with esbuild’s defaults:',
    measured: ours.importCpuMs.median / defaults.importCpuMs.median,
    atMost: 0.6,
  }),
  verdict({
    what: 'whole first start as a fraction of our code with esbuild’s defaults:',
    measured: ours.firstStartCpuMs.median / defaults.firstStartCpuMs.median,
    atMost: 0.75,
  }),
  verdict({
    what: 'import as a fraction of the plain steps:',
    measured: ours.importCpuMs.median / plain.importCpuMs.median,
    atMost: 0.6,
  }),
  verdict({
    what: 'whole first start as a fraction of the plain steps:',
    measured: ours.firstStartCpuMs.median / plain.firstStartCpuMs.median,
    atMost: 0.75,
    otherwise: 'The four additional calls cost as much as the smaller bundle saves.',
  }),
  verdict({ what: 'size of the zip:', measured: zipBytes / 1024, atMost: 250, unit: ' KB', digits: 0 }),
].join('\n')}

The bundle excludes credential providers that Lambda never uses, event streams, unused error classes, shapes of unused calls, messages in
other languages, and the schema library’s compiler. Clients are created on first use. V8’s compile cache would have to be part of the zip,
and works only with the same V8 version and processor; the table shows its effect.`;
}
