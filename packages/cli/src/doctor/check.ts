import type { Evidence } from './evidence.ts';
import type { Finding } from './link.ts';
import type { MendCommands } from './mend-commands.ts';

/** Looks at one link. It sees all evidence, since what one link shows may be told only by another. */
export type Check = (evidence: Evidence, commands: MendCommands) => Finding;
