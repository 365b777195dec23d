import type { Plugin } from 'esbuild';

/**
 * Leaves event streams out of the bundle, which no call of ours has. The SDK loads them by `import()`, and what one file
 * loads so has to be packed as modules that can be loaded one by one, and everything that they use as well: a third of the SDK.
 */
export const noEventStreams: Plugin = {
  name: 'no-event-streams',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ path }) => ({ path, namespace: 'no-event-streams' }));
    onLoad({ filter: /.*/, namespace: 'no-event-streams' }, () => ({
      contents: [
        'export const eventStreamSerdeProvider = undefined;',
        "export class EventStreamSerde { constructor() { throw new Error('Event streams are not in this bundle.'); } }",
      ].join('\n'),
    }));
  },
};
