import { validationError } from './elb-operation.ts';
import type { TargetGroup } from './target-group.ts';

/** The attributes of a target group of the type `ip` behind an Application Load Balancer. */
export const defaultAttributes: readonly (readonly [key: string, value: string])[] = [
  ['deregistration_delay.timeout_seconds', '300'],
  ['stickiness.enabled', 'false'],
  ['stickiness.type', 'lb_cookie'],
  ['stickiness.lb_cookie.duration_seconds', '86400'],
  ['stickiness.app_cookie.cookie_name', ''],
  ['stickiness.app_cookie.duration_seconds', '86400'],
  ['slow_start.duration_seconds', '0'],
  ['load_balancing.algorithm.type', 'round_robin'],
  ['load_balancing.algorithm.anomaly_mitigation', 'off'],
  ['load_balancing.cross_zone.enabled', 'use_load_balancer_configuration'],
  ['target_group_health.dns_failover.minimum_healthy_targets.count', '1'],
  ['target_group_health.dns_failover.minimum_healthy_targets.percentage', 'off'],
  ['target_group_health.unhealthy_state_routing.minimum_healthy_targets.count', '1'],
  ['target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage', 'off'],
];

/** The attributes of a target group of the type `lambda`. */
export const lambdaAttributes: typeof defaultAttributes = [['lambda.multi_value_headers.enabled', 'false']];

type AttributeInput = readonly { readonly Key?: string; readonly Value?: string }[];

/** @throws `AwsError` ValidationError, without changing any attribute */
export function changeAttributes(group: TargetGroup, changes: AttributeInput): void {
  for (const { Key = '', Value = '' } of changes) {
    if (!group.attributes.has(Key)) throw validationError(`Target group attribute key '${Key}' is not recognized`);
    if (Key === 'deregistration_delay.timeout_seconds' && !(/^\d{1,4}$/.test(Value) && Number(Value) <= 3600)) {
      throw validationError(`'${Key}' must be an integer value between '0' and '3600'`);
    }
  }
  for (const { Key = '', Value = '' } of changes) group.attributes.set(Key, Value);
}

export function showAttributes(group: TargetGroup): readonly { readonly Key: string; readonly Value: string }[] {
  return [...group.attributes].map(([Key, Value]) => ({ Key, Value }));
}
