import type { Growth } from '../growth.ts';
import type { Measured } from '../measure-all.ts';
import { table } from './markdown.ts';

const timeoutSeconds = 900;

export function growthSection({ growth, startCost }: Measured): string {
  const operations = [...new Set(growth.map(({ operation }) => operation))];
  const longest = Math.max(...growth.map(({ seconds }) => seconds));
  return `## Growth

Scheduled reconcile, status, and a stop of everything, where every service of a workspace runs in one cluster. On the models in memory, a call
taking as long as above; the heap’s growth has what could be collected in it.

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
- ${longest <= timeoutSeconds ? '**met**' : '**not met**'}: the longest took ${longest.toFixed(0)} s of the ${timeoutSeconds} s that Lambda gives.
- Parameter Store is read ${startCost.calls.GetParameters ?? 0} time a start, however many services there are.

Tasks are read a hundred a call, mappings ten, so those grow far slower than the services. Target groups do not: DescribeTargetHealth takes one
group a call, and a target that nobody serves may stand in any of them. A reconcile that looked at some of the groups in turn would need
several runs to find it.`;
}

function growthOf(rows: readonly Growth[]): string {
  const [first] = rows;
  const last = rows.at(-1);
  if (first === undefined || last === undefined || last.services === first.services) return '- (one size only)';
  const times = (of: (row: Growth) => number) => `${(of(last) / of(first)).toFixed(0)} times`;
  const reads = (row: Growth) => row.ecsReads + row.elbReads + row.ssmReads;
  const word = reads(last) / reads(first) < last.services / first.services ? '**met**' : '**not met**';
  return `- ${word}, sub-linear in reads: ${first.operation} of ${last.services / first.services} times the services makes ${times(reads)} the reads: ${times((row) => row.ecsReads)} of ECS, ${times((row) => row.elbReads)} of ELB, ${times((row) => row.ssmReads)} of SSM.`;
}
