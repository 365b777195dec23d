const mostRemembered = 1_000;

/** Remembers when each request was first received, so that Lambda's retry does not count as a later request. */
export function createFirstReceipts(now: () => number): (requestId: string) => number {
  const receipts = new Map<string, number>();
  return (requestId) => {
    const known = receipts.get(requestId);
    if (known !== undefined) return known;
    const receivedAt = now();
    receipts.set(requestId, receivedAt);
    const [oldest] = receipts.keys();
    if (receipts.size > mostRemembered && oldest !== undefined) receipts.delete(oldest);
    return receivedAt;
  };
}
