const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const open = new Set<() => Promise<void>>();

/**
 * Closes the open sandboxes when this process receives a signal, and then ends the process. Returns a function that removes
 * a sandbox from the list. Processes of tasks and functions watch their pipes, so they also end when this process is killed.
 */
export function closeOnSignal(close: () => Promise<void>): () => void {
  if (open.size === 0) for (const signal of signals) process.on(signal, endProcess);
  open.add(close);
  return () => {
    open.delete(close);
    if (open.size === 0) for (const signal of signals) process.off(signal, endProcess);
  };
}

async function endProcess(signal: NodeJS.Signals): Promise<void> {
  await Promise.allSettled([...open].map((close) => close()));
  // Without our listeners the signal has its default effect, unless there are other listeners.
  if (process.listenerCount(signal) > 0) return;
  if (process.platform === 'win32') process.exit(1);
  process.kill(process.pid, signal);
}
