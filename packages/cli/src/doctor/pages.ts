/** All items of a listing. An empty page may still name the next one. */
export async function collectPages<Item>(
  ask: (token: string | undefined) => Promise<{
    readonly items: readonly Item[] | undefined;
    readonly next: string | undefined;
  }>,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let token: string | undefined;
  do {
    const { items = [], next } = await ask(token);
    found.push(...items);
    token = next;
  } while (token !== undefined && token !== '');
  return found;
}

/** Splits the items into groups of at most this many, for calls with a limit. */
export function inChunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
