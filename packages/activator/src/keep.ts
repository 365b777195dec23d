/** What was loaded, and for how long it serves. */
export interface Kept<Value> {
  readonly value: Value;
  readonly forMs: number;
}

/** Keeps what `load` resolves to for as long as it says. Loads at the same time are one. `load` must not reject. */
export function keep<Value>(load: () => Promise<Kept<Value>>): () => Promise<Value> {
  let kept: { readonly value: Value; readonly from: number; readonly until: number } | undefined;
  let loading: Promise<Value> | undefined;
  const reload = async () => {
    const from = Date.now();
    const { value, forMs } = await load();
    kept = { value, from, until: from + forMs };
    loading = undefined;
    return value;
  };
  return async () => {
    const now = Date.now();
    if (kept !== undefined && now >= kept.from && now < kept.until) return kept.value;
    loading ??= reload();
    return await loading;
  };
}
