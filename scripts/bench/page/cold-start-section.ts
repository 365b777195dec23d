import { plainName } from '../cold-start/build-variants.ts';
import type { Measured } from '../measure-all.ts';
import { table, verdict } from './markdown.ts';

export function coldStartSection({ coldStart, zipBytes }: Measured): string {
  const find = (name: string) => {
    const variant = coldStart.find((one) => one.name === name);
    if (variant === undefined) throw new Error(`nothing was measured of "${name}"`);
    return variant;
  };
  const [ours, plain, defaults] = ['ours', plainName, "ours, esbuild's defaults"].map(find);
  if (!ours || !plain || !defaults) throw new Error('a variant is missing');
  return `## Cold start

A fresh Node process until its function has answered a first start, ${ours.importMs.count} processes of each variant in turn, on a sandbox that answers
without delay over plain HTTP. Node’s fetch library, which it loads for plain HTTP alone, is not counted, for AWS speaks HTTPS; nor is
TLS, which a sandbox does not speak. CPU milliseconds are what the ratios are of: they depend least on what else a machine does. Every variant pauses 250 ms before
it looks at its task, which is in the wall time.

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

“The plain steps” are what one would write first: five calls with the same three SDK clients, and nothing that makes them safe. Ours
makes nine calls, checks a mapping, logs and measures.

${[
  verdict({
    what: 'import, as a share of the same packed by esbuild’s defaults,',
    measured: ours.importCpuMs.median / defaults.importCpuMs.median,
    atMost: 0.6,
  }),
  verdict({
    what: 'whole first start, as a share of the same packed by esbuild’s defaults,',
    measured: ours.firstStartCpuMs.median / defaults.firstStartCpuMs.median,
    atMost: 0.75,
  }),
  verdict({
    what: 'import, even beside the plain steps,',
    measured: ours.importCpuMs.median / plain.importCpuMs.median,
    atMost: 0.6,
  }),
  verdict({
    what: 'whole first start, even beside the plain steps,',
    measured: ours.firstStartCpuMs.median / plain.firstStartCpuMs.median,
    atMost: 0.75,
    otherwise: 'What it saves by a smaller bundle it spends on the four calls that the plain steps do not make.',
  }),
  verdict({ what: 'the zip', measured: zipBytes / 1024, atMost: 250, unit: ' KB', digits: 0 }),
].join('\n')}

Left out of the bundle: credential providers that Lambda never uses, event streams, classes of errors that nobody reads, shapes of calls
that nobody makes, messages in other languages, the schema library’s compiler. Clients are made when they are first used. V8’s compile
cache would have to be packed with the zip, and is only good for the very V8 and processor that wrote it; what it would give is in the
table.`;
}
