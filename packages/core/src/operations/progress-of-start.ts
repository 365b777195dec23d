import type { Ports } from '../model/ports.ts';
import { isAddressable, isKept, type Task } from '../model/task.ts';
import { isHealthyEverywhere, type View } from '../model/view.ts';
import type { ClusterLease } from '../plan/cluster-lease.ts';
import { standsEverywhere } from '../plan/plan-targets.ts';
import type { Refusal, StartIntent, StartProgress, StartState } from '../plan/start-state.ts';

/** Keeps how far one start has come, and reports each step to the journal once. */
export class ProgressOfStart {
  readonly #ports: Pick<Ports, 'clock' | 'journal'>;
  readonly #intent: StartIntent;
  readonly #begunAt: number;
  readonly #reported = new Set<string>();
  #progress: StartProgress = { heldUpMs: 0, refusals: [] };
  /** How many times in a row AWS has held up an action. */
  failures = 0;

  constructor(ports: Pick<Ports, 'clock' | 'journal'>, intent: StartIntent) {
    this.#ports = ports;
    this.#intent = intent;
    this.#begunAt = ports.clock.now();
  }

  get state(): StartState {
    return { ...this.#intent, ...this.#progress };
  }

  follow(taskArn: string, isConflict = false): void {
    this.#set({ followed: { taskArn, since: this.#ports.clock.now(), looks: 0, seenLive: false, isConflict } });
  }

  followAnother(): void {
    const { followed: _, ...progress } = this.#progress;
    this.#progress = progress;
  }

  noteTakenToken(predecessor: string): void {
    this.#set({ takenTokens: [...(this.#progress.takenTokens ?? []), predecessor] });
  }

  noteHeldUp(delayMs: number): void {
    this.#set({ heldUpMs: this.#progress.heldUpMs + delayMs });
  }

  noteStopNote(asked: number | undefined): void {
    this.#set({ stopNote: { readAt: this.#ports.clock.now(), asked } });
  }

  notePauseRead(): void {
    this.#set({ pauseReadAt: this.#ports.clock.now() });
  }

  noteLease(lease: ClusterLease): void {
    this.#set({ lease });
  }

  noteRefusal(predecessor: Task | undefined, refusal: Omit<Refusal, 'at' | 'predecessorArn'>): void {
    const at = this.#ports.clock.now();
    this.#ports.journal.record({ service: this.#intent.service, kind: 'no-capacity', reasons: refusal.reasons });
    this.#set({ refusals: [...this.#progress.refusals, { ...refusal, at, predecessorArn: predecessor?.taskArn }] });
  }

  noteRegistration(): void {
    const { followed } = this.#progress;
    if (followed === undefined || followed.registeredSince !== undefined) return;
    this.#set({ followed: { ...followed, registeredSince: this.#ports.clock.now(), looks: 0 } });
  }

  /** Counts a look, and reports what it shows for the first time. */
  noteLook(view: View): void {
    const { followed } = this.#progress;
    if (followed === undefined) return;
    const task = view.tasks.find((one) => one.taskArn === followed.taskArn);
    const seenLive = followed.seenLive || (task !== undefined && isKept(task));
    const hasAddress = task !== undefined && isAddressable(task);
    const standing = hasAddress && followed.standingSince === undefined && standsEverywhere(view, task);
    this.#set({
      followed: {
        ...followed,
        looks: followed.looks + 1,
        seenLive,
        ...(standing ? { standingSince: view.at } : {}),
      },
    });
    if (!hasAddress) return;
    const { service } = this.#intent;
    const { taskArn, privateIp } = task;
    const durationMs = view.at - this.#begunAt;
    this.#reportOnce(`running ${taskArn}`, { service, kind: 'running', taskArn, privateIp, durationMs });
    if (isHealthyEverywhere(view, task)) {
      this.#reportOnce(`healthy ${taskArn}`, { service, kind: 'healthy', taskArn, durationMs });
    }
  }

  #reportOnce(key: string, entry: Parameters<Ports['journal']['record']>[0]): void {
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#ports.journal.record(entry);
  }

  #set(changes: Partial<StartProgress>): void {
    this.#progress = { ...this.#progress, ...changes };
  }
}
