import { Agent, get } from 'node:http';

/** A request of a client and its result. Times are those of the given clock. */
export interface Exchange {
  readonly service: string;
  readonly begunAt: number;
  readonly endedAt: number;
  /** The status code, or the error of the connection. */
  readonly answer: number | string;
  /** The ID of the task that answered. */
  readonly task?: string;
}

export interface SteadyTraffic {
  /** Stops sending, and waits for open requests. */
  end(): Promise<readonly Exchange[]>;
}

export interface TrafficOptions {
  readonly url: string;
  /** The services receive requests in turn, each at its path. */
  readonly services: readonly string[];
  /** Requests per second in total. */
  readonly perSecond: number;
  readonly now: () => number;
}

/** Sends requests at a steady rate. No request waits for the response of another. */
export function sendSteadily({ url, services, perSecond, now }: TrafficOptions): SteadyTraffic {
  const agent = new Agent({ keepAlive: true });
  const exchanges: Promise<Exchange>[] = [];
  const begunAt = performance.now();
  const timer = setInterval(() => {
    // A late timer sends the missed requests, so that the rate is kept.
    const due = ((performance.now() - begunAt) / 1000) * perSecond;
    while (exchanges.length < due) {
      const service = services[exchanges.length % services.length] ?? '';
      exchanges.push(exchange(url, service, agent, now));
    }
  }, 1000 / perSecond);
  return {
    async end() {
      clearInterval(timer);
      const ended = await Promise.all(exchanges);
      agent.destroy();
      return ended;
    },
  };
}

function exchange(url: string, service: string, agent: Agent, now: () => number): Promise<Exchange> {
  const begunAt = now();
  return new Promise((resolve) => {
    const end = (answer: number | string, task?: string) => {
      resolve({ service, begunAt, endedAt: now(), answer, ...(task === undefined ? {} : { task }) });
    };
    const request = get(`${url}/api/${service}/hello`, { agent }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.once('error', (error) => end(error.message));
      response.once('end', () => end(response.statusCode ?? 0, response.statusCode === 200 ? taskOf(body) : undefined));
    });
    request.once('error', (error) => end(error.message));
  });
}

function taskOf(body: string): string | undefined {
  return (JSON.parse(body) as { readonly task?: string }).task;
}
