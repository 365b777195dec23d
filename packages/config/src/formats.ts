import { reservedNames, serviceNamePattern, targetGroupArnPattern } from '@start-engines/core';

/**
 * Formats of the strings in a service mapping. They are as wide as those of AWS: AWS would refuse the others after the task has
 * started.
 */
const region = '[a-z0-9-]+';
const account = '[0-9]{12}';
const name = '[A-Za-z0-9_-]{1,255}';
const tagCharacters = 'letters, digits, spaces and _ . : / = + - @';

/** A pattern and its description. */
export interface Format {
  readonly pattern: RegExp;
  /** What messages call it. */
  readonly expected: string;
}

/** Formats of strings in mappings and in overrides. */
export const formats = {
  cluster: {
    pattern: new RegExp(`^(arn:aws[a-z-]*:ecs:${region}:${account}:cluster/)?${name}$`),
    expected: 'the name or ARN of a cluster',
  },
  taskDefinition: {
    pattern: new RegExp(`^(arn:aws[a-z-]*:ecs:${region}:${account}:task-definition/)?${name}(:[1-9][0-9]*)?$`),
    expected: 'a task definition: family, family:revision or ARN',
  },
  targetGroupArn: {
    pattern: targetGroupArnPattern,
    expected: 'the ARN of a target group',
  },
  listenerRuleArn: {
    pattern: new RegExp(
      `^arn:aws[a-z-]*:elasticloadbalancing:${region}:${account}:listener-rule/app/[A-Za-z0-9-]{1,32}(/[a-f0-9]{1,32}){3}$`,
    ),
    expected: 'the ARN of a listener rule',
  },
  subnet: { pattern: /^subnet-[a-z0-9]+$/, expected: 'the id of a subnet (subnet-…)' },
  securityGroup: { pattern: /^sg-[a-z0-9]+$/, expected: 'the id of a security group (sg-…)' },
  containerName: { pattern: new RegExp(`^${name}$`), expected: 'the name of a container' },
  capacityProvider: { pattern: new RegExp(`^${name}$`), expected: 'the name of a capacity provider' },
  environmentVariable: {
    // `__proto__` is not an ordinary key in most programs, and would be lost.
    pattern: /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_.-]{0,254}$/,
    expected: 'the name of an environment variable (letters, digits, "_", "." and "-", no digit first)',
  },
  tagKey: {
    // AWS reserves `aws:`, in capitals too. `start-engines:` marks retiring tasks.
    pattern: /^(?!__proto__$|[aA][wW][sS]:|start-engines:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u,
    expected: `the key of a tag (1 to 128 ${tagCharacters}, without the prefix "aws:" or "start-engines:")`,
  },
  tagValue: {
    pattern: /^(?![aA][wW][sS]:)[\p{L}\p{Z}\p{N}_.:/=+@-]{0,256}$/u,
    expected: `the value of a tag (up to 256 ${tagCharacters}, without the prefix "aws:")`,
  },
  platformVersion: {
    pattern: /^(LATEST|[0-9]+\.[0-9]+\.[0-9]+)$/,
    expected: 'a platform version of Fargate: LATEST, or a version such as 1.4.0',
  },
  wakePath: {
    // The characters that a rule's path condition takes, without its wildcards.
    pattern: /^(?=.{1,128}$)(\/|(\/[A-Za-z0-9_.$~"'@:+&,-]+)+)$/,
    expected: 'a path such as /api/auth: "/" first, none at the end, no "*" and no query',
  },
  ignoredPath: {
    pattern: /^[/*][!-~]{0,127}$/,
    expected: 'a path, or a pattern with "*": "/" or "*" first, up to 128 characters',
  },
  ignoredUserAgent: {
    pattern: /^(?=.*[!-)+-~])[ -~]{1,128}$/,
    expected: 'a user agent, or a pattern with "*": up to 128 characters, not "*" alone',
  },
  origin: {
    pattern: /^(\*|https?:\/\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?)$/,
    expected: 'an origin such as https://app.example.com, or "*"',
  },
  title: {
    pattern: /^(?=.{1,80}$)[^\p{C}\p{Z}]([^\p{C}]*[^\p{C}\p{Z}])?$/u,
    expected: 'a name of 1 to 80 characters, without a space at either end',
  },
  service: {
    pattern: new RegExp(`^(?!(?:${reservedNames.join('|')})$)${serviceNamePattern.source.slice(1)}`),
    expected: 'the name of a service',
  },
} as const satisfies Record<string, Format>;

/**
 * The format of a permitted value: as `format`, or a pattern in which `*` stands for any run of characters.
 */
export function permittedFormat(format: Format): Format {
  return {
    pattern: new RegExp(`^(?=.*\\*)[A-Za-z0-9_:/.*-]+$|${format.pattern.source}`),
    expected: `${format.expected}, or a pattern with "*"`,
  };
}
