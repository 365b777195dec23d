import { formatMoment } from '@start-engines/core';
import type { Style } from '../output/output.ts';
import type { LogLine } from './read-log-line.ts';

/** A line for people: time, level, services, message and further fields. */
export function formatLogLine({ timestamp, kind, level, message, services, fields }: LogLine, style: Style): string {
  const time = style.dim(formatMoment(timestamp).replace('T', ' ').replace('Z', ''));
  if (kind === 'lambda' && level === '') return `${time} ${style.dim(message)}`;
  const said = Object.entries(fields).map(([key, value]) => formatField(key, value));
  const words = [paintLevel(level, style), style.cyan(services.join(',')), style.bold(message), ...said];
  return [time, ...words.filter((word) => word !== '')].join(' ');
}

function paintLevel(level: string, style: Style): string {
  if (level === 'INFO') return level;
  return level === 'WARN' ? style.yellow(level) : style.red(level);
}

const shownOfTaskId = 8;

function formatField(key: string, value: unknown): string {
  if (key === 'error' && typeof value === 'object' && value !== null) {
    const { name, message } = value as { name?: unknown; message?: unknown };
    return `${String(name)}: ${String(message)}`;
  }
  if (typeof value !== 'string') return `${key}=${JSON.stringify(value)}`;
  if (key === 'taskArn') return `task=${(value.split('/').at(-1) ?? value).slice(0, shownOfTaskId)}`;
  if (key === 'targetGroupArn') return `group=${value.split('/').at(-2) ?? value}`;
  return /^\S+$/.test(value) ? `${key}=${value}` : `${key}=${JSON.stringify(value)}`;
}
