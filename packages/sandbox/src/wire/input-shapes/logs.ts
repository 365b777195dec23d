import type { InputShapes } from '../shape.ts';

const group = { logGroupName: 'string', logGroupIdentifier: 'string' } as const;
const paging = { limit: 'integer', nextToken: 'string' } as const;

/** Inputs of CloudWatch Logs' operations (API version 2014-03-28). Times are numbers, in milliseconds. */
export const logsInputShapes: InputShapes = {
  CreateLogGroup: { 'logGroupName!': 'string', kmsKeyId: 'string', tags: { '*': 'string' }, logGroupClass: 'string' },
  DeleteLogGroup: { 'logGroupName!': 'string' },
  DescribeLogGroups: { logGroupNamePrefix: 'string', ...paging },
  DescribeLogStreams: {
    ...group,
    logStreamNamePrefix: 'string',
    orderBy: 'string',
    descending: 'boolean',
    ...paging,
  },
  FilterLogEvents: {
    ...group,
    logStreamNames: ['string'],
    logStreamNamePrefix: 'string',
    startTime: 'integer',
    endTime: 'integer',
    filterPattern: 'string',
    interleaved: 'boolean',
    unmask: 'boolean',
    ...paging,
  },
};
