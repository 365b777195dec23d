// The function of the field test. It runs in the VPC: it sends requests to the load balancer, answers requests as its target, and
// logs the events that it gets. Plain JavaScript without dependencies, because Terraform packages this file as it is.
import { request } from 'node:http';

export async function handler(event) {
  if (event.requestContext?.elb !== undefined) return answer(event);
  if (event.clock === true) return [{ at: Date.now(), status: 0, body: 'clock' }];
  if (event.requests !== undefined) return sendAll(event);
  console.log(`field-test-event ${Date.now()} ${JSON.stringify(event)}`);
  if (event.fail === true) throw new Error('the field test requested a failure');
  return {};
}

function answer(event) {
  if (event.path.endsWith('/malformed')) return 'not an answer';
  if (event.path.endsWith('/throw')) throw new Error('the field test requested a failure');
  const headers = { 'content-type': 'application/json' };
  return { statusCode: 200, statusDescription: '200 OK', headers, isBase64Encoded: false, body: JSON.stringify(event) };
}

/** Sends the requests one after the other, `times` times in turn with a pause, until the time is over. */
async function sendAll({ requests, times = 1, pauseMs = 0 }) {
  const answers = [];
  for (let count = 0; count < times; count += 1) {
    if (count > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    for (const one of requests) answers.push(await send(one));
  }
  return answers;
}

function send({ url, method = 'GET', headers = {}, bodyBytes = 0 }) {
  const at = Date.now();
  return new Promise((resolve) => {
    const sent = request(url, { method, headers, timeout: 10_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text) => {
        body = (body + text).slice(0, 20_000);
      });
      response.on('end', () => resolve({ at, status: response.statusCode, body }));
    });
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ at, status: response.statusCode, body: '' });
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer within 10 s')));
    sent.on('error', (error) => resolve({ at, status: 0, body: error.message }));
    sent.end(bodyBytes > 0 ? 'x'.repeat(bodyBytes) : undefined);
  });
}
