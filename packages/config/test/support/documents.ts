/** Initial documents for tests. They are functions, so that no test changes another's. */
export const authGroup = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/auth/0123456789abcdef';
export const faGroup = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/fa-2/fedcba9876543210';
export const authRule =
  'arn:aws:elasticloadbalancing:us-east-2:123456789012:listener-rule/app/engines/0123456789abcdef/0123456789abcdef/0123456789abcdef';

export function defaultsDocument() {
  return {
    cluster: 'engines',
    subnets: ['subnet-0a1b2c3d', 'subnet-0123456789abcdef0'],
    securityGroups: ['sg-0a1b2c3d'],
    environment: { LOG_LEVEL: 'info', REGION: 'us-east-2' },
  };
}

export function authDocument() {
  return { taskDefinition: 'auth-api-task', port: 8080, targetGroupArn: authGroup };
}
