import type { Plugin } from 'esbuild';

/**
 * Excludes event streams, which none of our calls use, from the bundle. The SDK loads them with `import()`, so esbuild would have to
 * bundle them and their dependencies as separate modules: a third of the SDK.
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
