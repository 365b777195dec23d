import type { InputShapes } from '../shape.ts';

const tag = { 'Key!': 'string', 'Value!': 'string' } as const;
const filter = { 'Key!': 'string', Option: 'string', Values: ['string'] } as const;
const paging = { MaxResults: 'integer', NextToken: 'string' } as const;

/** Inputs of SSM's operations (API version 2014-11-06). */
export const ssmInputShapes: InputShapes = {
  PutParameter: {
    'Name!': 'string',
    Description: 'string',
    'Value!': 'string',
    Type: 'string',
    KeyId: 'string',
    Overwrite: 'boolean',
    AllowedPattern: 'string',
    Tags: [tag],
    Tier: 'string',
    Policies: 'string',
    DataType: 'string',
  },
  GetParameter: { 'Name!': 'string', WithDecryption: 'boolean' },
  GetParameters: { 'Names!': ['string'], WithDecryption: 'boolean' },
  GetParametersByPath: {
    'Path!': 'string',
    Recursive: 'boolean',
    ParameterFilters: [filter],
    WithDecryption: 'boolean',
    ...paging,
  },
  GetParameterHistory: { 'Name!': 'string', WithDecryption: 'boolean', ...paging },
  DescribeParameters: {
    Filters: [{ 'Key!': 'string', 'Values!': ['string'] }],
    ParameterFilters: [filter],
    Shared: 'boolean',
    ...paging,
  },
  DeleteParameter: { 'Name!': 'string' },
  DeleteParameters: { 'Names!': ['string'] },
};
