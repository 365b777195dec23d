import { describe, expect, it } from 'vitest';
import { authDocument, authGroup, authRule } from './support/documents.ts';
import { authName, createFixture } from './support/fixture.ts';

// Terraform review, finding 3: a mapping kept the subnets and security groups that Terraform had replaced, and every start failed.
const deployedName = '/start-engines/dev/deployed/auth';
const newGroup = authGroup.replace('auth/', 'auth-2/');

const deployed = (values: Readonly<Record<string, unknown>> = {}) => ({
  subnets: { now: 'subnet-1,subnet-2', before: ['subnet-0123456789abcdef0,subnet-0a1b2c3d'] },
  securityGroups: { now: 'sg-1', before: ['sg-0', 'sg-0a1b2c3d'] },
  targetGroupArn: { now: newGroup, before: [authGroup] },
  assignPublicIp: 'ENABLED',
  ...values,
});

describe('a value that Terraform has replaced', () => {
  it('reaches the next start although the mapping still has the old value', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(deployedName, deployed());
    const { mapping, problems } = await fixture.mappings.load('auth');
    expect(problems).toEqual([]);
    expect(mapping).toMatchObject({
      subnets: ['subnet-1', 'subnet-2'],
      securityGroups: ['sg-1'],
      assignPublicIp: 'ENABLED',
      targetGroups: [{ targetGroupArn: newGroup, port: 8080 }],
    });
  });

  it('reaches the route of a service with wake', async () => {
    const newRule = authRule.replace(/.$/, '0');
    await using fixture = await createFixture();
    await fixture.store.put(authName, { ...authDocument(), listenerRuleArn: authRule, wake: { paths: ['/api/auth'] } });
    await fixture.store.put(deployedName, deployed({ listenerRuleArn: { now: newRule, before: [authRule] } }));
    const { mapping, problems } = await fixture.mappings.load('auth');
    expect(problems).toEqual([]);
    expect(mapping.routes).toEqual([{ listenerRuleArn: newRule, targetGroupArn: newGroup }]);
  });

  it('costs a start no additional call', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(deployedName, deployed());
    await fixture.mappings.load('auth');
    expect(fixture.store.calls.map(({ operation }) => operation)).toEqual(['GetParameters']);
  });

  it('also applies to the list of services', async () => {
    await using fixture = await createFixture();
    await fixture.store.put(deployedName, deployed());
    await fixture.mappings.list();
    expect((await fixture.mappings.load('auth')).mapping.securityGroups).toEqual(['sg-1']);
  });

  it('does not replace an operator’s own value', async () => {
    await using fixture = await createFixture();
    const nothingBefore = { now: 'x', before: ['y'] };
    await fixture.store.put(
      deployedName,
      deployed({ subnets: nothingBefore, securityGroups: nothingBefore, targetGroupArn: nothingBefore }),
    );
    const { mapping } = await fixture.mappings.load('auth');
    expect(mapping).toMatchObject({
      subnets: ['subnet-0a1b2c3d', 'subnet-0123456789abcdef0'],
      securityGroups: ['sg-0a1b2c3d'],
      assignPublicIp: 'DISABLED',
      targetGroups: [{ targetGroupArn: authGroup }],
    });
  });

  it.each([
    ['no object', 'nothing'],
    ['an object without subnets', { ...deployed(), subnets: undefined }],
    ['an object with other lists', deployed({ subnets: { now: ['subnet-1'], before: [] } })],
  ])('is not used if its parameter contains %s, which is reported', async (_what, value) => {
    await using fixture = await createFixture();
    await fixture.store.put(deployedName, value as object);
    const { mapping, problems } = await fixture.mappings.load('auth');
    expect(mapping.securityGroups).toEqual(['sg-0a1b2c3d']);
    expect(problems).toMatchObject([{ parameter: deployedName, version: 1 }]);
  });
});
