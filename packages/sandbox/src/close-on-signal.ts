const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const open = new Set<() => Promise<void>>();

/**
 * Closes the sandboxes that are still open when this process is told to end, and then ends it. Returns what takes the
 * promise back. Processes of tasks and functions watch their pipes, so they also end when this process is killed.
 */
export function closeOnSignal(close: () => Promise<void>): () => void {
  if (open.size === 0) for (const signal of SIGNALS) process.on(signal, endProcess);
  open.add(close);
  return () => {
    open.delete(close);
    if (open.size === 0) for (const signal of SIGNALS) process.off(signal, endProcess);
  };
}

async function endProcess(signal: NodeJS.Signals): Promise<void> {
  await Promise.allSettled([...open].map((close) => close()));
  // With our listeners gone the signal does what it does by default, unless somebody else listens too.
  if (process.listenerCount(signal) > 0) return;
  if (process.platform === 'win32') process.exit(1);
  process.kill(process.pid, signal);
}
