import type { Evidence } from './evidence.ts';
import type { Finding } from './link.ts';
import type { MendCommands } from './mend-commands.ts';

/** Checks one link. It gets all evidence, because a link may depend on others. */
export type Check = (evidence: Evidence, commands: MendCommands) => Finding;
