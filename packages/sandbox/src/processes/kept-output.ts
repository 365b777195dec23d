import type { Readable } from 'node:stream';

const KEPT_BYTES = 64 * 1024;

/** The last 64 KB that a container wrote, standard output and error together. */
export interface KeptOutput {
  read(stream: Readable | null): void;
  text(): string;
}

export function createKeptOutput(): KeptOutput {
  let kept = Buffer.alloc(0);
  return {
    read(stream) {
      stream?.on('data', (chunk: Buffer) => {
        kept = Buffer.concat([kept, chunk]).subarray(-KEPT_BYTES);
      });
      stream?.on('error', () => {});
    },
    text: () => kept.toString('utf8'),
  };
}
