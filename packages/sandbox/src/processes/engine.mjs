// The default program of a task: a small HTTP service whose environment can make it slow, unhealthy or short-lived.
// Plain JavaScript, so that a task starts as fast as Node does. All times are in milliseconds of sandbox time.
import { createServer } from 'node:http';

const environment = process.env;
const speed = Number(environment.SANDBOX_SPEED ?? 1);
const wait = (name) => Number(environment[name] ?? 0) / speed;
const isOn = (name) => environment[name] === 'true';
const task = environment.SANDBOX_TASK_ARN?.split('/').at(-1);
const service = environment.SERVICE_NAME ?? environment.SANDBOX_CONTAINER_NAME;
const shown = Object.fromEntries(
  (environment.SANDBOX_SHOWN_VARIABLES ?? '')
    .split(',')
    .flatMap((name) => (name === '' ? [] : [[name, environment[name]]])),
);

const ports = Object.entries(environment).filter(([name]) => /^SANDBOX_PORT_\d+$/.test(name));
const servers = ports.map(([, port]) => ({ port: Number(port), server: createServer(answer) }));
let stopping = false;

setTimeout(() => {
  for (const { server, port } of servers) server.listen(port, '127.0.0.1');
  const names = ports.map(([name]) => name.replace('SANDBOX_PORT_', ''));
  console.log(`${service} listens on ${names.join(', ') || 'nothing'}`);
}, wait('STARTUP_MS'));

if (environment.EXIT_AFTER_MS !== undefined) {
  setTimeout(() => {
    console.error(`${service} gives up`);
    process.exit(Number(environment.EXIT_CODE ?? 1));
  }, wait('EXIT_AFTER_MS'));
}

process.on('SIGTERM', () => {
  console.log(`${service} is stopping`);
  if (!isOn('IGNORE_SIGTERM')) stop();
});

/** Finishes open requests. `close` calls back after the last one. */
function stop() {
  stopping = true;
  let open = servers.filter(({ server }) => server.listening).length;
  const closed = () => {
    open -= 1;
    if (open <= 0) process.exit(0);
  };
  if (open === 0) closed();
  for (const { server } of servers) if (server.listening) server.close(closed);
}

function answer(request, response) {
  const path = request.url ?? '/';
  // An open keep-alive connection would prevent the process from exiting.
  if (stopping) response.setHeader('Connection', 'close');
  response.once('finish', () => {
    if (stopping) request.socket.end();
  });
  if (path.split('?')[0] === '/health') {
    const healthy = !isOn('UNHEALTHY');
    return reply(response, healthy ? 200 : 503, { service, healthy });
  }
  console.log(`${request.method} ${path}`);
  const body = { service, method: request.method, path, task, environment: shown, headers: request.headers };
  setTimeout(() => reply(response, 200, body), wait('SLOW_MS'));
}

function reply(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}
