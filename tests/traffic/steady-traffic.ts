import { Agent, get } from 'node:http';

/** One request of a client and what it saw. Times are those of the clock that was handed in. */
export interface Exchange {
  readonly service: string;
  readonly begunAt: number;
  readonly endedAt: number;
  /** The status code, or what became of the connection: a client cares for neither reason. */
  readonly answer: number | string;
  /** The id of the task that answered. */
  readonly task?: string;
}

export interface SteadyTraffic {
  /** Sends no more, and waits for what is under way. */
  end(): Promise<readonly Exchange[]>;
}

export interface TrafficOptions {
  readonly url: string;
  /** They are asked in turn, each at its own path of the load balancer. */
  readonly services: readonly string[];
  /** Requests a second in all. */
  readonly perSecond: number;
  readonly now: () => number;
}

/** Sends requests at a steady rate, whatever becomes of them: none waits for another's answer. */
export function sendSteadily({ url, services, perSecond, now }: TrafficOptions): SteadyTraffic {
  const agent = new Agent({ keepAlive: true });
  const exchanges: Promise<Exchange>[] = [];
  const begunAt = performance.now();
  const timer = setInterval(() => {
    // A timer that comes late makes up for it, so that the rate holds.
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
