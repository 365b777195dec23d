import type { InputShapes } from '../shape.ts';

const group = { logGroupName: 'string', logGroupIdentifier: 'string' } as const;
const paging = { limit: 'integer', nextToken: 'string' } as const;

/** What CloudWatch Logs' operations take (API version 2014-03-28). Its times are milliseconds in plain numbers. */
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
