import { boolean, integer, openStructure, type Shaped, string, structure } from '../shape.ts';
import { checkRange, validationError } from './elb-operation.ts';
import type { HealthCheckSettings } from './target-group.ts';

/** The health-check members that CreateTargetGroup and ModifyTargetGroup share. */
export const healthCheckFields = {
  HealthCheckProtocol: string,
  HealthCheckPort: string,
  HealthCheckEnabled: boolean,
  HealthCheckPath: string,
  HealthCheckIntervalSeconds: integer,
  HealthCheckTimeoutSeconds: integer,
  HealthyThresholdCount: integer,
  UnhealthyThresholdCount: integer,
  Matcher: openStructure({ HttpCode: string }),
};

const healthCheckShape = structure(healthCheckFields);

const defaults: HealthCheckSettings = {
  enabled: true,
  protocol: 'HTTP',
  port: 'traffic-port',
  path: '/',
  intervalSeconds: 30,
  timeoutSeconds: 5,
  healthyThreshold: 5,
  unhealthyThreshold: 2,
  matcher: '200',
  otherMatchers: {},
};

/**
 * Merges the input into the settings.
 *
 * @throws `AwsError` ValidationError, also for disabled checks, which ELB does not allow for the types
 * `instance` and `ip`
 */
export function readHealthCheck(
  input: Shaped<typeof healthCheckShape>,
  before: HealthCheckSettings = defaults,
): HealthCheckSettings {
  if (input.HealthCheckEnabled === false) {
    throw validationError("Health check enabled must be true for target groups with target type 'instance' or 'ip'");
  }
  checkRange(input.HealthCheckIntervalSeconds, 'healthCheckIntervalSeconds', 5, 300);
  checkRange(input.HealthCheckTimeoutSeconds, 'healthCheckTimeoutSeconds', 2, 120);
  checkRange(input.HealthyThresholdCount, 'healthyThresholdCount', 2, 10);
  checkRange(input.UnhealthyThresholdCount, 'unhealthyThresholdCount', 2, 10);
  const settings: HealthCheckSettings = {
    enabled: true,
    protocol: input.HealthCheckProtocol ?? before.protocol,
    port: input.HealthCheckPort ?? before.port,
    path: input.HealthCheckPath ?? before.path,
    intervalSeconds: input.HealthCheckIntervalSeconds ?? before.intervalSeconds,
    timeoutSeconds: input.HealthCheckTimeoutSeconds ?? before.timeoutSeconds,
    healthyThreshold: input.HealthyThresholdCount ?? before.healthyThreshold,
    unhealthyThreshold: input.UnhealthyThresholdCount ?? before.unhealthyThreshold,
    matcher: input.Matcher?.HttpCode ?? before.matcher,
    otherMatchers: input.Matcher ?? before.otherMatchers,
  };
  checkSettings(settings);
  return settings;
}

function checkSettings({ intervalSeconds, timeoutSeconds, path, port, protocol, matcher }: HealthCheckSettings): void {
  if (timeoutSeconds >= intervalSeconds) {
    throw validationError('Health check interval must be greater than the timeout.');
  }
  if (!path.startsWith('/') || path.length > 1024)
    throw validationError(`Health check path '${path}' must begin with '/'`);
  if (port !== 'traffic-port' && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    throw validationError(`Health check port '${port}' must be 'traffic-port' or a port`);
  }
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    throw validationError(`Health check protocol '${protocol}' must be one of the following: 'HTTP, HTTPS'`);
  }
  const codes = matcher.split(/[,-]/).map(Number);
  if (!/^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/.test(matcher) || codes.some((code) => code < 200 || code > 499)) {
    throw validationError(`Health check matcher HTTP code '${matcher}' must be within '200-499' inclusive`);
  }
}
