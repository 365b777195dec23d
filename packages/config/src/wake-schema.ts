import { mappingBounds } from '@start-engines/core';
import * as z from 'zod/mini';
import { formats } from './formats.ts';
import { expects, listOf, text, wholeNumber } from './schema-parts.ts';

/** How requests wake a service that is down. The activator reads it (packages/activator). */
export const wake = z.strictObject(
  {
    paths: listOf(text(formats.wakePath), 'paths', 20),
    ignorePaths: z.exactOptional(listOf(text(formats.ignoredPath), 'patterns of paths', 50)),
    ignoreUserAgents: z.exactOptional(listOf(text(formats.ignoredUserAgent), 'patterns of user agents', 50)),
    allowOrigins: z.exactOptional(listOf(text(formats.origin), 'origins', 50)),
    holdSeconds: z.exactOptional(wholeNumber({ least: 0, most: 25 }, ' of seconds')),
    title: z.exactOptional(text(formats.title)),
  },
  expects('an object with paths'),
);

/** A week. CloudWatch keeps counts by the minute for 15 days. */
const longestSeconds = 604_800;

/** When an unused service is stopped. */
export const idle = z.strictObject(
  {
    afterSeconds: wholeNumber({ least: 300, most: longestSeconds }, ' of seconds'),
    minUpSeconds: z.exactOptional(wholeNumber({ least: 0, most: longestSeconds }, ' of seconds')),
    ignoreRequests: z.exactOptional(wholeNumber({ least: 0, most: 1_000_000 })),
    longConnections: z.exactOptional(z.boolean(expects('true or false'))),
  },
  expects('an object with afterSeconds'),
);

export const leaseSeconds = wholeNumber(mappingBounds.leaseSeconds, ' of seconds');
