import { createServer } from 'node:net';

/** Recently assigned ports: the system may offer one again before its process listens on it. */
const recent: number[] = [];
const recentCount = 200;

/** A free port on 127.0.0.1. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = await askForPort();
    if (recent.includes(port)) continue;
    recent.push(port);
    if (recent.length > recentCount) recent.shift();
    return port;
  }
}

function askForPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
