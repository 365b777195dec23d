import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Measured } from '../measure-all.ts';

/** The plots as SVG, by name. The same measurements give the same bytes. */
export async function renderPlots(measured: Measured): Promise<ReadonlyMap<string, string>> {
  const specs: Readonly<Record<string, TopLevelSpec>> = {
    'cold-start': coldStart(measured),
    'ready-lag': readyLag(measured),
    'many-starts': manyStarts(measured),
    growth: growth(measured),
  };
  const plots = new Map<string, string>();
  for (const [name, spec] of Object.entries(specs)) plots.set(name, await renderSvg(spec));
  return plots;
}

async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}

/** The colour of each way, in all plots. */
const colours: Readonly<Record<string, string>> = {
  'fixed poll, 5 s': '#4c78a8',
  "the SDK's waiter": '#f58518',
  'our wait': '#e45756',
  ours: '#e45756',
  'our event path': '#72b7b2',
};

function colourScale(names: readonly string[]) {
  return { domain: [...names], range: names.map((name) => colours[name] ?? '#666666') };
}

/** Readable on light and dark pages. */
const frame = {
  background: 'white',
  width: 560,
  config: { axis: { labelFontSize: 11, titleFontSize: 12, labelLimit: 0 }, legend: { labelLimit: 0 } },
} as const;

function coldStart({ coldStart: variants }: Measured): TopLevelSpec {
  const rows = variants.flatMap(({ name, importCpuMs, firstStartCpuMs }) => [
    { name, part: 'import', ms: importCpuMs.median },
    { name, part: 'Node and the start itself', ms: firstStartCpuMs.median - importCpuMs.median },
  ]);
  return {
    ...frame,
    data: { values: rows },
    mark: 'bar',
    encoding: {
      y: {
        field: 'name',
        type: 'nominal',
        sort: variants.map(({ name }) => name),
        title: null,
      },
      x: { field: 'ms', type: 'quantitative', title: 'CPU milliseconds until the first answer, median' },
      color: { field: 'part', type: 'nominal', title: null, legend: { orient: 'bottom' } },
    },
  };
}

function readyLag({ readyLag: ways }: Measured): TopLevelSpec {
  const rows = ways.flatMap(({ name, lags }) =>
    lags.toSorted((a, b) => a - b).map((seconds, index) => ({ name, seconds, share: (index + 1) / lags.length })),
  );
  return {
    ...frame,
    height: 260,
    data: { values: thinned(rows) },
    mark: { type: 'line', interpolate: 'step-after' },
    encoding: {
      x: {
        field: 'seconds',
        type: 'quantitative',
        scale: { type: 'log' },
        title: 'seconds from RUNNING to registered',
      },
      y: { field: 'share', type: 'quantitative', axis: { format: '%' }, title: 'of the starts' },
      color: { field: 'name', type: 'nominal', scale: colourScale(ways.map(({ name }) => name)), title: null },
    },
  };
}

function manyStarts({ manyStarts: ours, otherManyStarts }: Measured): TopLevelSpec {
  const ways = { ours, ...otherManyStarts };
  const rows = Object.entries(ways).flatMap(([name, { registeredAtSeconds }]) =>
    registeredAtSeconds.map((seconds, index) => ({ name, seconds, registered: index + 1 })),
  );
  const bounds = [
    { bound: 'launches could be done', seconds: ours.launchBoundSeconds },
    { bound: 'reads could be done', seconds: ours.readBoundSeconds },
    { bound: 'registrations could be done', seconds: ours.registrationBoundSeconds },
  ];
  return {
    ...frame,
    height: 260,
    layer: [
      {
        data: { values: thinned(rows) },
        mark: { type: 'line', interpolate: 'step-after' },
        encoding: {
          x: { field: 'seconds', type: 'quantitative', title: 'seconds from the first start' },
          y: { field: 'registered', type: 'quantitative', title: 'targets registered' },
          color: { field: 'name', type: 'nominal', scale: colourScale(Object.keys(ways)), title: null },
        },
      },
      {
        data: { values: bounds },
        mark: { type: 'rule', strokeDash: [4, 4], color: '#666666' },
        encoding: { x: { field: 'seconds', type: 'quantitative' } },
      },
      {
        data: { values: bounds },
        mark: { type: 'text', align: 'left', dx: 4, baseline: 'bottom', color: '#666666' },
        encoding: {
          x: { field: 'seconds', type: 'quantitative' },
          // Halfway up, because the lines of ways that register few targets are at the bottom.
          y: { value: 130 },
          text: { field: 'bound', type: 'nominal' },
        },
      },
    ],
  };
}

function growth({ growth: rows }: Measured): TopLevelSpec {
  const values = rows.flatMap(({ operation, services, ecsReads, elbReads, ssmReads }) => [
    { operation, services, api: 'ECS', reads: ecsReads },
    { operation, services, api: 'Elastic Load Balancing', reads: elbReads },
    { operation, services, api: 'Parameter Store', reads: ssmReads },
  ]);
  return {
    background: frame.background,
    config: frame.config,
    data: { values },
    facet: { column: { field: 'operation', type: 'nominal', title: null } },
    spec: {
      width: 170,
      height: 200,
      mark: { type: 'line', point: true },
      encoding: {
        x: { field: 'services', type: 'quantitative', scale: { type: 'log' }, axis: { tickCount: 3 } },
        y: { field: 'reads', type: 'quantitative', scale: { type: 'log' }, title: 'reads' },
        color: { field: 'api', type: 'nominal', title: null },
      },
    },
  };
}

const mostPoints = 400;

/** A thousand steps are indistinguishable, so only some are kept, including the last one of each line. */
function thinned<Row extends { readonly name: string }>(rows: readonly Row[]): readonly Row[] {
  const every = Math.max(1, Math.ceil(rows.length / mostPoints));
  return rows.filter((row, index) => index % every === 0 || rows[index + 1]?.name !== row.name);
}
