import { DescribeParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Outputs } from './terraform.ts';

/**
 * Writes Terraform's documents as new versions of the mapping parameters, so that a rollback is possible. Deleting and creating a
 * parameter would take 30 seconds, in which the service has no mapping.
 *
 * @param names below the parameter path, such as `services/auth`
 * @throws RangeError if Terraform has no such mapping
 */
export async function replaceMappings(outputs: Outputs, names: readonly string[]): Promise<void> {
  const documents = names.map((name) => ({ name, text: outputs.mapping_documents[name] }));
  for (const { name, text } of documents) {
    if (text === undefined) throw new RangeError(`Terraform has no mapping ${name.replace(/^services\//, '')}.`);
  }
  const ssm = new SSMClient({ region: outputs.function_alias_arn.split(':')[3] ?? '' });
  try {
    for (const { name, text } of documents) {
      const Name = `${outputs.parameter_path}/${name}`;
      // Parameter Store would encrypt a new version of a SecureString with the account's default key.
      const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [Name] }];
      const { Parameters } = await ssm.send(new DescribeParametersCommand({ ParameterFilters }));
      const { Type = 'String', KeyId } = Parameters?.[0] ?? {};
      const { Version } = await ssm.send(new PutParameterCommand({ Name, Value: text, Type, KeyId, Overwrite: true }));
      console.log(`${Name} has Terraform's document as version ${Version}.`);
    }
  } finally {
    ssm.destroy();
  }
}
