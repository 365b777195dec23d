import type { Readable } from 'node:stream';

const keptBytes = 64 * 1024;

/** The last 64 KB of a container's standard output and standard error. */
export interface KeptOutput {
  read(stream: Readable | null): void;
  text(): string;
}

export function createKeptOutput(): KeptOutput {
  let kept = Buffer.alloc(0);
  return {
    read(stream) {
      stream?.on('data', (chunk: Buffer) => {
        kept = Buffer.concat([kept, chunk]).subarray(-keptBytes);
      });
      stream?.on('error', () => {});
    },
    text: () => kept.toString('utf8'),
  };
}
