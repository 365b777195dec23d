import type { InputShapes, MembersShape } from '../shape.ts';

const dimensions = [{ 'Name!': 'string', 'Value!': 'string' }] as const;

const datum: MembersShape = {
  'MetricName!': 'string',
  Dimensions: dimensions,
  Timestamp: 'timestamp',
  Value: 'number',
  StatisticValues: { 'SampleCount!': 'number', 'Sum!': 'number', 'Minimum!': 'number', 'Maximum!': 'number' },
  Values: ['number'],
  Counts: ['number'],
  Unit: 'string',
  StorageResolution: 'integer',
};

export const cloudWatchInputShapes: InputShapes = {
  GetMetricData: {
    'MetricDataQueries!': [
      {
        'Id!': 'string',
        MetricStat: {
          'Metric!': { Namespace: 'string', MetricName: 'string', Dimensions: dimensions },
          'Period!': 'integer',
          'Stat!': 'string',
          Unit: 'string',
        },
        Expression: 'string',
        Label: 'string',
        ReturnData: 'boolean',
        Period: 'integer',
        AccountId: 'string',
      },
    ],
    'StartTime!': 'timestamp',
    'EndTime!': 'timestamp',
    NextToken: 'string',
    ScanBy: 'string',
    MaxDatapoints: 'integer',
  },
  PutMetricData: {
    'Namespace!': 'string',
    MetricData: [datum],
    EntityMetricData: [{ MetricData: [datum] }],
    StrictEntityValidation: 'boolean',
  },
};
