import type { InputShapes } from '../shape.ts';

const dimension = { 'Name!': 'string', 'Value!': 'string' } as const;
const metric = { Namespace: 'string', MetricName: 'string', Dimensions: [dimension] } as const;

/** Inputs of CloudWatch's operations (API version 2010-08-01). */
export const monitoringInputShapes: InputShapes = {
  GetMetricData: {
    'MetricDataQueries!': [
      {
        'Id!': 'string',
        MetricStat: { 'Metric!': metric, 'Period!': 'integer', 'Stat!': 'string', Unit: 'string' },
        Expression: 'string',
        Label: 'string',
        ReturnData: 'boolean',
        Period: 'integer',
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
    MetricData: [
      {
        'MetricName!': 'string',
        Dimensions: [dimension],
        Timestamp: 'timestamp',
        Value: 'number',
        Values: ['number'],
        Counts: ['number'],
        Unit: 'string',
      },
    ],
  },
};
