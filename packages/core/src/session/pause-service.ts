import { toStartEnginesError } from '../model/errors.ts';
import { pausedSince } from '../model/pauses.ts';
import type { Ports } from '../model/ports.ts';
import { persist } from './persist.ts';

/** Records that requests must not wake the service. An older pause is replaced. */
export async function notePause(ports: Ports, service: string, asked: number, until: number): Promise<void> {
  await persist(ports, service, until, () => ports.pauses.note(service, 'paused', asked));
  ports.journal.record({ service, kind: 'paused', asked });
}

/** Records that requests may wake the service again. */
export async function noteResume(ports: Ports, service: string, asked: number, until: number): Promise<void> {
  await persist(ports, service, until, () => ports.pauses.note(service, 'resumed', asked));
  ports.journal.record({ service, kind: 'resumed', asked });
}

/**
 * Ends a pause that is older than a start which a person or an application requested. A failure is journaled: the start goes on, and
 * the pause spares its task.
 */
export async function endOlderPause(ports: Ports, service: string, asked: number, until: number): Promise<void> {
  try {
    const since = pausedSince(await persist(ports, service, until, () => ports.pauses.read(service)));
    if (since !== undefined && since < asked) await noteResume(ports, service, asked, until);
  } catch (caught) {
    const { code, message } = toStartEnginesError(caught);
    ports.journal.record({ service, kind: 'aws-trouble', code, message });
  }
}
