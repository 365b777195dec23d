import { formatTarget, StartEnginesError, type TargetAddress } from '@start-engines/core';

/** Refusals by RegisterTargets of an address that the group will never accept. Elastic Load Balancing has one code for them. */
const refusals = {
  /** The target is outside the load balancer's VPC, so its zone must be `all`. */
  outsideVpc: /\b(?:outside|not within) the VPC\b/i,
  wrongAddressType: /\bis not a valid IPv[46] address\b/i,
  zone: /\bavailability zone\b|\bcross-zone\b/i,
} as const;

export function isOutsideVpc(error: unknown): boolean {
  return refuses(error, refusals.outsideVpc);
}

export function isWrongAddressType(error: unknown): boolean {
  return refuses(error, refusals.wrongAddressType);
}

/** `TargetUnusable` if the group refuses the target; any other error unchanged. */
export function toUnusableTarget(error: unknown, targetGroupArn: string, { ip, port }: TargetAddress): unknown {
  const isInvalid = error instanceof StartEnginesError && String(error.context.awsCode).startsWith('InvalidTarget');
  const isRefused = Object.values(refusals).some((refusal) => refuses(error, refusal));
  if (!(error instanceof StartEnginesError) || (!isInvalid && !isRefused)) return error;
  const group = targetGroupArn.split('/').at(-2) ?? targetGroupArn;
  const why = isWrongAddressType(error) ? `it takes ${ip.includes(':') ? 'IPv4' : 'IPv6'} addresses only. ` : '';
  return new StartEnginesError(
    'TargetUnusable',
    `Target ${formatTarget(ip, port)} cannot be registered in target group ${group}: ${why}${error.message}`,
    { cause: error, context: { ...error.context, targetGroupArn, ip, port } },
  );
}

function refuses(error: unknown, refusal: RegExp): boolean {
  if (!(error instanceof StartEnginesError)) return false;
  const { awsCode } = error.context;
  const isRefusal = error.code === 'AwsRejected' || error.code === 'TargetUnusable';
  return (
    isRefusal &&
    (awsCode === 'ValidationError' || String(awsCode).startsWith('InvalidTarget')) &&
    refusal.test(error.message)
  );
}
