import type { EndKind, Task, TaskContainer } from '../model/task.ts';

/** How one task ended. */
export interface EndOfTask {
  readonly kind: EndKind;
  /** The container that ended the task; undefined when no container did, or ECS shows none. */
  readonly container?: string;
  /** The exit code of that container; undefined when ECS shows none. */
  readonly exitCode?: number;
  /** Stop code and stopped reason, as ECS reports them. */
  readonly reason: string;
  /** The end in full: the container, every exit code, every reason. At most 1,000 characters. */
  readonly sentence: string;
  /** False when several containers may have ended the task. The names of its essential containers would decide. */
  readonly certain: boolean;
}

const longestSentence = 1_000;

/**
 * How a task that is no longer live ended, as one look shows it. ECS does not say which container ended a task: DescribeTasks
 * and the state-change event give a status, an exit code and a reason for each container, and nothing about their order.
 *
 * @param essential the names of the task definition's essential containers, if known
 */
export function endOfTask(task: Task, essential?: ReadonlySet<string>): EndOfTask {
  const kind = kindByStopCode(task);
  const reason = [task.stopCode, task.stoppedReason].filter(Boolean).join(': ') || 'ECS gives no reason';
  if (kind === 'exited') return endByContainer(task, reason, essential);
  const decisive = kind === 'failed-to-start' ? task.containers.find((container) => container.reason) : undefined;
  return {
    kind,
    ...identify(decisive),
    reason,
    sentence: shorten([endWithStop(reason), listContainers(task, task.containers, 'Containers')]),
    certain: true,
  };
}

const essentialExit = /\bessential container in task exited\b/i;

function kindByStopCode({
  stopCode,
  stoppedReason = '',
  retire,
}: Task): Exclude<EndKind, 'finished' | 'crashed'> | 'exited' {
  switch (stopCode) {
    case 'EssentialContainerExited':
      return 'exited';
    // A container that ends before the others run has this code too.
    // AWS-027
    case 'TaskFailedToStart':
      return essentialExit.test(stoppedReason) ? 'exited' : 'failed-to-start';
    case 'UserInitiated':
    case 'ServiceSchedulerInitiated':
      return 'stopped';
    case undefined:
      if (retire !== undefined) return 'stopped';
      return essentialExit.test(stoppedReason) ? 'exited' : 'interrupted';
    default:
      return 'interrupted';
  }
}

function endByContainer(task: Task, reason: string, essential: ReadonlySet<string> | undefined): EndOfTask {
  const ended = task.containers.filter(hasEnded);
  const essentialEnded = ended.filter(({ name }) => essential?.has(name));
  const candidates = essentialEnded.length > 0 ? essentialEnded : ended;
  const decisive = chooseDecisive(task, candidates, essentialEnded.length > 0);
  const others = task.containers.filter((container) => container !== decisive);
  const certain = candidates.length < 2 || essentialEnded.length > 0 || isPlain(task, candidates, decisive);
  const doubt = certain ? '' : 'ECS does not say which container ended first.';
  return {
    kind: decisive?.exitCode === 0 && !decisive.reason ? 'finished' : 'crashed',
    ...identify(decisive),
    reason,
    sentence: shorten([describeExit(task, decisive, reason), listContainers(task, others, 'Other containers'), doubt]),
    certain,
  };
}

function hasEnded({ lastStatus, exitCode }: TaskContainer): boolean {
  return exitCode !== undefined || lastStatus === 'STOPPED';
}

/** SIGKILL and SIGTERM, which ECS sends to the other containers once an essential one has ended. */
const consequences: ReadonlySet<number | undefined> = new Set([137, 143]);

/** Whether a container failed on its own: it did not exit with 0, and not because another container ended. */
function hasFailed({ exitCode, reason }: TaskContainer): boolean {
  return Boolean(reason) || (exitCode !== undefined && exitCode !== 0 && !consequences.has(exitCode));
}

/** The container that ended the task, among those that may have. */
function chooseDecisive(
  { mainContainer }: Task,
  candidates: readonly TaskContainer[],
  essentialKnown: boolean,
): TaskContainer | undefined {
  const failed = candidates.filter(hasFailed);
  const main = candidates.find(({ name }) => name === mainContainer);
  if (failed.length > 0) {
    return failed.find(({ reason }) => reason) ?? failed.find((container) => container === main) ?? failed[0];
  }
  const finished = candidates.find(({ exitCode }) => exitCode === 0);
  if (main === undefined || main.exitCode === 0) return main ?? finished ?? candidates[0];
  // ECS may have sent the SIGTERM because another essential container finished. A SIGKILL may be an unreported lack of memory
  // and must not count as a success.
  return essentialKnown && main.exitCode === 143 && finished !== undefined ? finished : main;
}

/** Whether no other container may have ended the task. */
function isPlain({ mainContainer }: Task, candidates: readonly TaskContainer[], decisive?: TaskContainer): boolean {
  if (candidates.every(({ exitCode, reason }) => exitCode === 0 && !reason)) return true;
  if (decisive === undefined || decisive.name !== mainContainer) return false;
  const othersFailed = candidates.some((container) => container !== decisive && hasFailed(container));
  return !othersFailed && (hasFailed(decisive) || decisive.exitCode === 0);
}

function identify(container: TaskContainer | undefined): Pick<EndOfTask, 'container' | 'exitCode'> {
  if (container === undefined) return {};
  const { name, exitCode } = container;
  return { container: name, ...(exitCode === undefined ? {} : { exitCode }) };
}

function describeExit(task: Task, container: TaskContainer | undefined, reason: string): string {
  if (container === undefined) return `${withoutStop(reason)}; ECS shows no exit code.`;
  const code =
    container.exitCode === undefined ? 'ended without an exit code' : `exited with exit code ${container.exitCode}`;
  const why = reasonOf(task, container);
  return `Container "${container.name}" ${code}${why === '' ? '' : `: ${withoutStop(why)}`} (${withoutStop(reason)}).`;
}

function listContainers(task: Task, containers: readonly TaskContainer[], title: string): string {
  const listed = containers
    .map((container) => {
      const code = container.exitCode === undefined ? '' : `exit code ${container.exitCode}`;
      const words = [code, withoutStop(reasonOf(task, container))].filter(Boolean).join(', ');
      return words === '' ? '' : `"${container.name}" ${words}`;
    })
    .filter(Boolean);
  return listed.length === 0 ? '' : `${title}: ${listed.join('; ')}.`;
}

/** ECS often repeats a container's reason as the task's. */
function reasonOf({ stoppedReason }: Task, { reason = '' }: TaskContainer): string {
  return stoppedReason?.includes(reason) ? '' : reason;
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, '');
}

function endWithStop(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

function shorten(sentences: readonly string[]): string {
  return sentences.filter(Boolean).join(' ').slice(0, longestSentence);
}
