import type { Growth } from '../growth.ts';
import type { Measured } from '../measure-all.ts';
import { table } from './markdown.ts';

const timeoutSeconds = 900;

export function growthSection({ growth, startCost }: Measured): string {
  const operations = [...new Set(growth.map(({ operation }) => operation))];
  const longest = Math.max(...growth.map(({ seconds }) => seconds));
  return `## Growth

A scheduled reconcile, status, and a stop of all services, with all services of a workspace running in one cluster. Measured on the
in-memory models with calls as slow as above. The heap’s growth includes garbage that could be collected.

![growth](benchmarks/growth.svg)

${table(
  ['operation', 'services', 'ECS reads', 'ELB reads', 'SSM reads', 'changes', 'time, s', 'heap, MB'],
  growth.map((row) => [
    row.operation,
    String(row.services),
    String(row.ecsReads),
    String(row.elbReads),
    String(row.ssmReads),
    String(row.changes),
    row.seconds.toFixed(1),
    row.heapMb.toFixed(0),
  ]),
)}

${operations.map((operation) => growthOf(growth.filter((row) => row.operation === operation))).join('\n')}
- ${longest <= timeoutSeconds ? '**met**' : '**not met**'}: the longest took ${longest.toFixed(0)} s of the ${timeoutSeconds} s that Lambda allows.
- Parameter Store is read ${startCost.calls.GetParameters ?? 0} time per start, regardless of the number of services.

A call reads a hundred tasks or ten mappings, so these reads grow far more slowly than the services. Target groups do not:
DescribeTargetHealth takes one group per call, and a stale target may be in any of them. A reconcile that read only some of the groups in
turn would need several runs to find it.`;
}

function growthOf(rows: readonly Growth[]): string {
  const [first] = rows;
  const last = rows.at(-1);
  if (first === undefined || last === undefined || last.services === first.services) return '- (one size only)';
  const times = (of: (row: Growth) => number) => `${(of(last) / of(first)).toFixed(0)} times`;
  const reads = (row: Growth) => row.ecsReads + row.elbReads + row.ssmReads;
  const word = reads(last) / reads(first) < last.services / first.services ? '**met**' : '**not met**';
  return `- ${word}: ${first.operation} of ${last.services / first.services} times the services needs ${times(reads)} the reads (${times((row) => row.ecsReads)} for ECS, ${times((row) => row.elbReads)} for ELB, ${times((row) => row.ssmReads)} for SSM)`;
}
