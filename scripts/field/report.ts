import type { Fact, Verification } from './register.ts';
import type { ProbeResult } from './run-probes.ts';
import type { RunState } from './run-state.ts';

/** The result for one fact. */
export interface ReportedFact {
  readonly id: string;
  readonly statement: string;
  /** How the fact was verified before this run. */
  readonly assumedFrom: Verification;
  /** `not-probed`: no probe of this fact exists. `not-run`: the run ended before it. */
  readonly outcome: ProbeResult['outcome'] | 'not-probed' | 'not-run';
  readonly observed?: string;
}

/** `field-report.json`. The sandbox reads `durations` (`--profile`). */
export interface FieldReport {
  readonly version: 1;
  /** `endpoint`: an emulator, so the report says nothing about AWS. */
  readonly target: 'account' | 'endpoint';
  readonly region: string;
  readonly endpointUrl?: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly facts: readonly ReportedFact[];
  /** Measured durations in milliseconds, by the name of the sandbox's duration. */
  readonly durations: Readonly<Record<string, readonly number[]>>;
  /** What the run left behind. */
  readonly leftovers: readonly string[];
}

export function createReport(
  state: RunState,
  facts: readonly Fact[],
  probed: ReadonlySet<string>,
  leftovers: readonly string[],
  endedAt: string,
): FieldReport {
  const results = new Map(state.results.map((result) => [result.fact, result]));
  const durations: Record<string, number[]> = {};
  for (const { measured = {} } of state.results) {
    for (const [name, values] of Object.entries(measured)) durations[name] = [...(durations[name] ?? []), ...values];
  }
  return {
    version: 1,
    target: state.endpointUrl === undefined ? 'account' : 'endpoint',
    region: state.region,
    ...(state.endpointUrl === undefined ? {} : { endpointUrl: state.endpointUrl }),
    startedAt: state.startedAt,
    endedAt,
    facts: facts.map(({ id, statement, verified }) => {
      const result = results.get(id);
      const outcome = result?.outcome ?? (probed.has(id) ? 'not-run' : 'not-probed');
      const seen = result === undefined ? {} : { observed: result.observed };
      return { id, statement, assumedFrom: verified, outcome, ...seen };
    }),
    durations,
    leftovers,
  };
}

const words: Readonly<Record<ReportedFact['outcome'], string>> = {
  holds: 'confirmed',
  differs: '**differs**',
  error: 'the probe failed',
  'not-run': 'not run',
  'not-probed': 'no probe',
};

/** The report as a page: what is assumed and what was observed, fact by fact. */
export function renderReport(report: FieldReport): string {
  const { target, region, startedAt, endedAt, facts, leftovers } = report;
  const where =
    target === 'account'
      ? `an AWS account, ${region}`
      : `${report.endpointUrl}, an emulator: this says nothing about AWS`;
  const count = (outcome: ReportedFact['outcome']) => facts.filter((fact) => fact.outcome === outcome).length;
  const rows = facts.map(({ id, statement, assumedFrom, outcome, observed = '' }) =>
    ['', id, cell(statement), assumedFrom, words[outcome], cell(observed), ''].join(' | ').trim(),
  );
  const times = Object.entries(report.durations).map(([name, values]) => {
    const sorted = values.toSorted((one, other) => one - other);
    return `| ${name} | ${values.length} | ${sorted[0]} | ${sorted[Math.floor(sorted.length / 2)]} | ${sorted.at(-1)} |`;
  });
  return `# Field report

Run on ${where}. From ${startedAt} to ${endedAt}.

${count('holds')} facts confirmed, ${count('differs')} differ, ${count('error')} probes failed, ${count('not-run')} not run, ${count('not-probed')} without a probe.
${leftovers.length === 0 ? 'Nothing was left behind.' : `Left behind:\n\n${leftovers.map((one) => `- ${one}`).join('\n')}`}

| fact | assumed | verified so far by | result | observed |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

## Measured durations

In milliseconds. \`npm run sandbox -- --profile field-report.json\` simulates them.

| duration | samples | shortest | median | longest |
| --- | --- | --- | --- | --- |
${times.join('\n')}
`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 400);
}
