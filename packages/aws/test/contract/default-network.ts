/** The subnets and the security group of an emulator's default VPC, in which it creates network interfaces. */
export async function readDefaultNetwork(endpoint: string, region: string) {
  const subnets = await describeEc2(endpoint, region, 'DescribeSubnets');
  const groups = await describeEc2(endpoint, region, 'DescribeSecurityGroups');
  const all = (xml: string, tag: string) =>
    [...xml.matchAll(new RegExp(`<${tag}>([^<]+)</${tag}>`, 'g'))].map(([, id = '']) => id);
  const [vpcId] = all(subnets, 'vpcId');
  const [securityGroup] = all(groups, 'groupId');
  if (vpcId === undefined || securityGroup === undefined)
    throw new Error('the endpoint has no default network: DescribeSubnets and DescribeSecurityGroups return none');
  return { vpcId, subnets: all(subnets, 'subnetId').slice(0, 2), securityGroups: [securityGroup] };
}

async function describeEc2(endpoint: string, region: string, action: string): Promise<string> {
  const scope = `Credential=test/20261123/${region}/ec2/aws4_request`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ Action: action, Version: '2016-11-15' }),
  });
  if (!response.ok) throw new Error(`${action}: ${response.status} ${await response.text()}`);
  return response.text();
}
