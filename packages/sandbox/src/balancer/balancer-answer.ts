import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** A response of the load balancer itself. */
export interface BalancerAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Titles of an Application Load Balancer's error pages that differ from HTTP's reason phrases. */
const albTitles: Readonly<Record<number, string>> = {
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

const server = 'awselb/2.0';

/** The error page of an Application Load Balancer. */
export function errorAnswer(statusCode: number): BalancerAnswer {
  const title = `${statusCode} ${albTitles[statusCode] ?? STATUS_CODES[statusCode]}`;
  const lines = ['<html>', `<head><title>${title}</title></head>`, '<body>', `<center><h1>${title}</h1></center>`];
  const body = `${[...lines, '</body>', '</html>'].join('\r\n')}\r\n`;
  return { statusCode, headers: { Server: server, 'Content-Type': 'text/html' }, body };
}

export function fixedAnswer(fixed: {
  readonly statusCode: number;
  readonly contentType: string;
  readonly body: string;
}): BalancerAnswer {
  const headers = { Server: server, 'Content-Type': `${fixed.contentType}; charset=utf-8` };
  return { statusCode: fixed.statusCode, headers, body: fixed.body };
}

export function redirectAnswer(statusCode: 301 | 302, location: string): BalancerAnswer {
  const page = errorAnswer(statusCode);
  return { ...page, headers: { ...page.headers, Location: location } };
}

export function sendAnswer(response: ServerResponse, answer: BalancerAnswer): void {
  const length = { 'Content-Length': String(Buffer.byteLength(answer.body)) };
  response.writeHead(answer.statusCode, { ...answer.headers, ...length });
  response.end(answer.body);
}

/** Responds to a WebSocket upgrade request. */
export function sendRawAnswer(socket: Duplex, answer: BalancerAnswer): void {
  const { statusCode, body } = answer;
  const headers = { ...answer.headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}
