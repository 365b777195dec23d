import type { LaunchClaim } from '@start-engines/core';
import { expect, test } from 'vitest';
import { beginsAfresh, type ClusterLease, holderAmong, mayChooseCluster } from '../src/plan/cluster-lease.ts';
import { planCluster } from '../src/plan/plan-cluster.ts';
import type { StartState } from '../src/plan/start-state.ts';
import { at, task, view } from './samples.ts';

// Attack review, finding 13: the cluster of a launch when starts may choose one.

/** Claims as `[seconds, cluster, newest task seen in seconds]`; a task seen before the first second is 0. */
const claims = (...rows: readonly (readonly [number, string, number?])[]): LaunchClaim[] =>
  rows.map(([seconds, cluster, newest = 0], index) => ({
    version: index + 1,
    at: seconds * 1_000,
    cluster,
    newestSeen: newest * 1_000,
  }));

test.for([
  { about: 'the first claim', of: claims([10, 'a'], [11, 'b'], [12, 'c']), holder: 1 },
  { about: 'the first claim until it expires', of: claims([10, 'a'], [99, 'b']), holder: 1 },
  { about: 'the next claim after the first has expired', of: claims([10, 'a'], [100, 'b'], [101, 'a']), holder: 2 },
  {
    about: 'no claim that lost and outlives the first',
    of: claims([10, 'a'], [95, 'b'], [101, 'c'], [102, 'b']),
    holder: 3,
  },
  {
    about: 'a claim whose writer has seen the task of the first',
    of: claims([10, 'a'], [20, 'b', 11], [21, 'c', 0]),
    holder: 2,
  },
  { about: 'no claim whose writer has seen only an older task', of: claims([10, 'a', 5], [20, 'b', 9]), holder: 1 },
])('the holder is the writer of $about', ({ of, holder }) => {
  expect(holderAmong(of)?.version).toBe(holder);
});

test.for([
  { about: 'the first of all', of: claims([10, 'a'], [11, 'b']), afresh: true },
  { about: 'a claim after a long pause', of: claims([10, 'a'], [100, 'b']).slice(0), afresh: true },
  { about: 'a pause that is too short', of: [...claims([0, 'z'], [10, 'a'], [99, 'b'])].slice(1), afresh: false },
  { about: 'a long pause', of: claims([0, 'z'], [10, 'a'], [100, 'b']).slice(1), afresh: true },
  { about: 'a task that was seen', of: claims([0, 'z'], [10, 'a'], [20, 'b', 11]).slice(1), afresh: true },
])('earlier claims do not matter before $about: $afresh', ({ of, afresh }) => {
  expect(beginsAfresh(of)).toBe(afresh);
});

test.for([
  { permitted: undefined, may: false },
  { permitted: [], may: false },
  { permitted: ['main', 'arn:aws:ecs:us-east-2:123456789012:cluster/main'], may: false },
  { permitted: ['main', 'spare'], may: true },
  { permitted: ['*'], may: true },
])(
  'starts of a service in cluster main may choose another cluster if $permitted is permitted: $may',
  ({ permitted, may }) => {
    expect(mayChooseCluster(permitted === undefined ? {} : { cluster: permitted }, 'main')).toBe(may);
  },
);

const lease: ClusterLease = { cluster: 'main', at: at - 1_000, since: at - 1_000, newestSeen: 0 };

const intent = (changes: Partial<StartState> = {}): StartState => ({
  service: 'auth',
  asked: at,
  waitFor: 'running',
  launchId: 'launch-1',
  restart: false,
  requested: {},
  giveUpAt: at + 300_000,
  heldUpMs: 0,
  startTimeoutMs: 300_000,
  refusals: [],
  choice: { cluster: 'main', isRequested: false },
  lease,
  ...changes,
});

const requested = { cluster: 'spare', isRequested: true };

test.for([
  { about: 'no choice', of: { choice: undefined, lease: undefined }, does: undefined },
  { about: 'no lease', of: { lease: undefined }, does: 'claim-cluster' },
  { about: 'a lease', of: {}, does: undefined },
  { about: 'a lease of another cluster', of: { lease: { ...lease, cluster: 'spare' } }, does: undefined },
  { about: 'a lease of a cluster other than the requested one', of: { choice: requested }, does: 'taken' },
  {
    about: 'a lease of the requested cluster',
    of: { choice: requested, lease: { ...lease, cluster: 'spare' } },
    does: undefined,
  },
  { about: 'a lease of 30 s', of: { lease: { ...lease, since: at - 30_000 } }, does: undefined },
  { about: 'a lease of more than 30 s', of: { lease: { ...lease, since: at - 30_001 } }, does: 'wait' },
  { about: 'a lease of 90 s', of: { lease: { ...lease, since: at - 90_000 } }, does: 'claim-cluster' },
  { about: 'a lease of a cluster that refuses', of: { lease: { ...lease, isRefused: true as const } }, does: 'wait' },
  { about: 'a holder that has seen a newer task', of: { lease: { ...lease, newestSeen: at - 9_000 } }, does: 'wait' },
  {
    about: 'a holder that saw a newer task long ago',
    of: { lease: { ...lease, since: at - 10_000, newestSeen: at - 9_000 } },
    does: undefined,
  },
])('before a launch with $about: $does', ({ of, does }) => {
  const ended = task({ createdAt: at - 60_000, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' });
  const leased = { ...of, lease: of.lease === undefined && 'lease' in of ? undefined : { ...lease, ...of.lease } };
  expect(planCluster(view({ tasks: [ended] }), intent(leased as Partial<StartState>))?.kind).toBe(does);
});

test('a lease ends once this start has seen a task created after it', () => {
  const since = (createdAt: number) => planCluster(view({ tasks: [task({ createdAt })] }), intent());
  expect(since(lease.at - 1)).toBeUndefined();
  expect(since(lease.at)).toEqual({ kind: 'claim-cluster', newestSeen: lease.at });
});
