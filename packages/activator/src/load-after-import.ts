/**
 * Loads a part of the function when the import of the function is over, while it waits for its first request. An error is
 * thrown to every caller.
 */
export function loadAfterImport<Part>(load: () => Promise<Part>): () => Promise<Part> {
  const loading = new Promise((resolve) => setImmediate(resolve)).then(load);
  // Reported by the first request.
  loading.catch(() => {});
  return () => loading;
}
