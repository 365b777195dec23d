import { type AwsOperation, classifyAwsError } from '@start-engines/aws';
import { isMissingCluster } from '@start-engines/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

// Attack review, case 01: an error that ECS wraps has the same meaning as the unwrapped error.

const seed = Number(process.env.START_ENGINES_SEED ?? Math.floor(Math.random() * 2 ** 31));
console.log(`seed ${seed}`);
const run = { seed, numRuns: 1_000 };

const runTask: AwsOperation = { service: 'ECS', operation: 'RunTask' };
const operations = fc.constantFrom<AwsOperation>(
  runTask,
  { service: 'ECS', operation: 'DescribeTasks' },
  { service: 'ELBv2', operation: 'RegisterTargets' },
  { service: 'SSM', operation: 'GetParameters' },
);

/** An exception with which a service wraps the error of another service. */
const wrappers = fc.constantFrom(
  { name: 'InvalidParameterException', status: 400 },
  { name: 'ClientException', status: 400 },
  { name: 'InvalidRequestException', status: 400 },
  { name: 'AmazonECSException', status: 400 },
  { name: 'com.amazonaws.ecs#ClientException', status: 400 },
  { name: 'Client.InvalidParameterException:http://internal.amazon.com/coral/', status: 400 },
);

function thrown({ name, status }: { readonly name: string; readonly status: number }, message: string): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status, requestId: 'r-1' } });
}

const subjects = fc.constantFrom(
  '',
  'Error retrieving subnet information for [subnet-0aaaaaaaaaaaaaaa1]: ',
  'Error retrieving security group information for [sg-0aaaaaaaaaaaaaaa1, sg-0bbbbbbbbbbbbbbb2]: ',
  "Unable to create a network interface in 'vpc-0aaaaaaaaaaaaaaa1' - ",
  'Caused by: ',
);

const anyCase = (word: string) => fc.constantFrom(word, word, word.toLowerCase(), word.toUpperCase());

/** How a message quotes the code of the error that it wraps. */
function quoted(codes: readonly string[]): fc.Arbitrary<string> {
  const inAnyCase = fc.constantFrom(...codes).chain(anyCase);
  const asItIs = fc.constantFrom(...codes);
  const words = fc.constantFrom('', 'The request could not be completed.', 'Please try again shortly.');
  return fc.oneof(
    fc.tuple(words, inAnyCase).map(([said, code]) => `${said} (ErrorCode: ${code})`),
    fc.tuple(words, inAnyCase).map(([said, code]) => `${said} (Error Code: ${code}; Request ID: 7d3a; Proxy: null)`),
    fc
      .tuple(words, inAnyCase)
      .map(([said, code]) => `${said} (Service: AmazonEC2; Status Code: 400; Error Code: ${code}; Request ID: 7d3a)`),
    fc.tuple(words, inAnyCase).map(([said, code]) => `${said} ErrorCode=${code}`),
    fc.tuple(words, inAnyCase).map(([said, code]) => `${said} error code "${code}"`),
    fc.tuple(words, asItIs).map(([said, code]) => `[${code}] ${said}`),
    fc.tuple(words, asItIs).map(([said, code]) => `${said} (${code})`),
    fc.tuple(words, asItIs).map(([said, code]) => `com.amazonaws.ec2#${code}: ${said}`),
    fc.tuple(words, asItIs).map(([said, code]) => `(ErrorCode: Client.${code}) ${said}`),
    fc.tuple(words, asItIs).map(([said, code]) => `${code}: ${said}`),
    asItIs.map((code) => `An error occurred (${code}) when calling the DescribeSubnets operation`),
  );
}

const passing = {
  AwsThrottled: quoted([
    'Throttling',
    'ThrottlingException',
    'ThrottledException',
    'RequestLimitExceeded',
    'RequestThrottled',
    'EC2ThrottledException',
    'TooManyRequestsException',
    'SlowDown',
  ]),
  AwsUnavailable: quoted([
    'InternalError',
    'InternalFailure',
    'InternalServerError',
    'InternalServiceError',
    'InternalException',
    'Unavailable',
    'ServiceUnavailable',
    'ServiceUnavailableException',
    'RequestTimeout',
  ]),
  AwsAccessDenied: quoted(['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException', 'AuthFailure']),
};

describe('an error that another service wraps', () => {
  test.each(Object.entries(passing))(
    'is classified in every spelling of its code and in every wrapper as %s',
    (expected, message) => {
      fc.assert(
        fc.property(wrappers, subjects, message, operations, (wrapper, subject, said, operation) => {
          expect(classifyAwsError(thrown(wrapper, subject + said), operation).code).toBe(expected);
        }),
        run,
      );
    },
  );

  const wordings = {
    AwsThrottled: [
      'Rate exceeded',
      'Request limit exceeded.',
      'Too Many Requests',
      'The request was throttled.',
      'You exceeded the rate of calls',
      'EC2 answered with Status Code: 429',
    ],
    AwsUnavailable: [
      'An internal error has occurred',
      'Internal server error',
      'The service is unavailable. Please try again shortly.',
      'Service Unavailable',
      'The service is temporarily unavailable',
      'EC2 answered with status code=503',
    ],
  };
  test.each(Object.entries(wordings))('is classified by its wording alone as %s', (expected, said) => {
    fc.assert(
      fc.property(wrappers, subjects, fc.constantFrom(...said), operations, (wrapper, subject, words, operation) => {
        expect(classifyAwsError(thrown(wrapper, subject + words), operation).code).toBe(expected);
      }),
      run,
    );
  });

  test('is AwsRejected if waiting does not help', () => {
    const lasting = quoted([
      'InvalidSubnetID.NotFound',
      'InvalidGroup.NotFound',
      'InvalidParameterValue',
      'UnsupportedOperation',
      'SecurityGroupLimitExceeded',
      'NoInternalError',
    ]);
    fc.assert(
      fc.property(wrappers, subjects, lasting, operations, (wrapper, subject, said, operation) => {
        expect(classifyAwsError(thrown(wrapper, subject + said), operation).code).toBe('AwsRejected');
      }),
      run,
    );
  });
});

const shortages = fc.oneof(
  fc.constantFrom(
    'Capacity is unavailable at this time. Please try again later or in a different availability zone',
    'Tasks provisioning capacity limit exceeded.',
    'No Container Instances were found in your cluster.',
    'No Container Instances were found in your capacity provider.',
    "You've reached the limit on the number of vCPUs you can run concurrently",
    'You’ve reached the limit on the number of tasks you can run concurrently',
    'Your account has reached its Fargate vCPU quota.',
    'The specified subnet does not have enough free addresses to satisfy the request.',
    'There are not enough free addresses in subnet subnet-0aaaaaaaaaaaaaaa1',
    "There aren't sufficient free Ipv4 addresses or prefixes",
    'We currently do not have sufficient m5.large capacity in the Availability Zone you requested',
    'Insufficient capacity.',
    'The maximum number of network interfaces has been reached',
    'You have exceeded the number of network interfaces limit',
    'service was unable to place a task because no container instance met all of its requirements.',
    'RESOURCE:ENI',
    'RESOURCE:CPU',
    'The requested CPU configuration is above your limit',
  ),
  quoted([
    'InsufficientFreeAddressesInSubnet',
    'InsufficientInstanceCapacity',
    'InsufficientCapacity',
    'NetworkInterfaceLimitExceeded',
    'PrivateIpAddressLimitExceeded',
    'VcpuLimitExceeded',
  ]),
);

describe('lack of capacity that ECS throws', () => {
  const throwers = fc.oneof(
    wrappers,
    fc.constantFrom(
      { name: 'ServerException', status: 500 },
      { name: 'LimitExceededException', status: 400 },
      { name: 'ServiceQuotaExceededException', status: 400 },
      // A quota error can arrive as a throttle. It lasts, so it is not retried like a throttle.
      { name: 'ThrottlingException', status: 400 },
    ),
  );

  test('is CapacityUnavailable for RunTask, whichever exception ECS throws', () => {
    fc.assert(
      fc.property(throwers, subjects, shortages, (thrower, subject, said) => {
        expect(classifyAwsError(thrown(thrower, subject + said), runTask).code).toBe('CapacityUnavailable');
      }),
      run,
    );
  });

  test('has no special meaning for any other call', () => {
    fc.assert(
      fc.property(throwers, subjects, shortages, operations, (thrower, subject, said, operation) => {
        fc.pre(operation !== runTask);
        const { code } = classifyAwsError(thrown(thrower, subject + said), operation);
        expect(['AwsThrottled', 'AwsUnavailable', 'AwsRejected']).toContain(code);
      }),
      run,
    );
  });

  test.each([
    ['AwsRejected', 'ClientException', 'No Fargate configuration exists for given values: 300 CPU, 100 memory.'],
    [
      'AwsRejected',
      'InvalidParameterException',
      'No default capacity provider strategy is associated with the cluster.',
    ],
    ['AwsRejected', 'InvalidParameterException', 'The specified capacity provider does not exist.'],
    ['AwsRejected', 'InvalidParameterException', 'Subnets can have at most 16 items.'],
    ['AwsRejected', 'InvalidParameterException', 'The number of tags exceeds the limit of 50.'],
    ['AwsRejected', 'ClientException', 'TaskDefinition is inactive'],
    ['AwsThrottled', 'ThrottlingException', 'Rate exceeded'],
    ['AwsThrottled', 'LimitExceededException', 'Rate exceeded'],
    ['AwsRejected', 'LimitExceededException', 'The limit for the resource was exceeded.'],
    [
      'AwsAccessDenied',
      'AccessDeniedException',
      'User: arn:aws:sts::1:assumed-role/insufficient-capacity/x is not authorized to perform: ecs:RunTask on resource: arn:aws:ecs:us-east-2:1:task-definition/vcpu-limit:1',
    ],
  ])('is not assumed for any other refusal of RunTask: %s %s %s', (expected, name, message) => {
    expect(classifyAwsError(thrown({ name, status: 400 }, message), runTask).code).toBe(expected);
  });
});

describe('a cluster that does not exist, or is INACTIVE', () => {
  const missing = fc.constantFrom(
    'Cluster not found.',
    'The referenced cluster was inactive.',
    'The specified cluster is inactive. Specify an active cluster and try again.',
    "The specified cluster wasn't found. You can view your available clusters with ListClusters.",
    'The specified cluster was not found',
    'The cluster could not be found',
    "Cluster 'auth-cluster' does not exist",
    'Cluster arn:aws:ecs:us-east-2:123456789012:cluster/auth-cluster is not active',
    'cluster auth-cluster: status is INACTIVE',
    'Cluster [auth-cluster] has been deleted',
    'Cannot find cluster auth-cluster',
    'Inactive cluster: auth-cluster',
  );

  test('is recognised by its wording in every wrapper, and is still AwsRejected', () => {
    fc.assert(
      fc.property(wrappers, missing, operations, (wrapper, message, operation) => {
        const error = classifyAwsError(thrown(wrapper, message), operation);
        expect([error.code, isMissingCluster(error)]).toEqual(['AwsRejected', true]);
      }),
      run,
    );
  });

  test('is recognised by the exception’s name alone', () => {
    for (const name of ['ClusterNotFoundException', 'com.amazonaws.ecs#ClusterNotFoundException']) {
      expect(isMissingCluster(classifyAwsError(thrown({ name, status: 400 }, 'words'), runTask))).toBe(true);
    }
  });

  test.each([
    ['InvalidParameterException', 'The referenced task was not found.'],
    ['InvalidParameterException', 'The referenced task was not found in cluster auth-cluster.'],
    ['InvalidParameterException', 'Cluster auth-cluster: capacity provider spot was not found'],
    ['ClientException', 'TaskDefinition is inactive'],
    ['AccessDeniedException', 'not authorized to perform: ecs:ListTasks because cluster auth-cluster was not found'],
    ['ThrottlingException', 'Rate exceeded: cluster not found'],
  ])('is not assumed for %s: %s', (name, message) => {
    expect(isMissingCluster(classifyAwsError(thrown({ name, status: 400 }, message), runTask))).toBe(false);
  });
});
