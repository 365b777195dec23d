import { AwsError } from '../aws-error.ts';
import { checkNewName } from './parameter-name.ts';
import type { ParameterStore, ParameterVersion } from './parameter-store.ts';

/** The part of PutParameter's input that the sandbox uses. */
export interface PutParameterInput {
  readonly Name: string;
  readonly Value: string;
  readonly Type?: string;
  readonly KeyId?: string;
  readonly Overwrite?: boolean;
  readonly Description?: string;
  readonly Tier?: string;
  readonly DataType?: string;
  readonly AllowedPattern?: string;
  readonly Tags?: readonly unknown[];
}

const parameterTypes = ['String', 'StringList', 'SecureString'] as const;
const parameterTiers = ['Standard', 'Advanced', 'Intelligent-Tiering'] as const;

/** Maximum size of a value in bytes, by tier. AWS-056. */
const largestValue = { Standard: 4096, Advanced: 8192 } as const;

/**
 * Stores the next version of a parameter.
 *
 * @throws AwsError `ParameterAlreadyExists`, `ValidationException` and the other documented errors of PutParameter
 */
export function putParameter(store: ParameterStore, input: PutParameterInput, now: Date): ParameterVersion {
  checkNewName(input.Name);
  const previous = store.latest(input.Name);
  // AWS-058
  if (previous !== undefined && input.Overwrite !== true) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  if (previous !== undefined && (input.Tags?.length ?? 0) > 0) {
    throw invalid(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  const type = input.Type === undefined ? previous?.type : enumValue('type', parameterTypes, input.Type);
  if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
  checkValue(input);
  const version: ParameterVersion = {
    name: input.Name,
    version: (previous?.version ?? 0) + 1,
    type,
    value: input.Value,
    // Each write names its key; none means the account's default key, also for a new version.
    keyId: type === 'SecureString' ? (input.KeyId ?? 'alias/aws/ssm') : undefined,
    tier: tierFor(input, previous),
    dataType: input.DataType ?? previous?.dataType ?? 'text',
    description: input.Description ?? previous?.description,
    modifiedAt: now,
  };
  store.add(version);
  return version;
}

function checkValue({ Value, AllowedPattern }: PutParameterInput): void {
  if (Value === '') {
    throw invalid(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    );
  }
  // AWS-055
  if (Value.includes('{{')) {
    throw invalid(`Parameter value can't nest another parameter. Do not use "{{}}" in the value: ${Value}`);
  }
  if (AllowedPattern !== undefined && !patternOf(AllowedPattern).test(Value)) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${AllowedPattern}`,
    );
  }
}

function patternOf(source: string): RegExp {
  try {
    return new RegExp(`^(?:${source})$`);
  } catch {
    throw new AwsError('InvalidAllowedPatternException', `The regular expression ${source} is not valid.`);
  }
}

function tierFor(input: PutParameterInput, previous: ParameterVersion | undefined): 'Standard' | 'Advanced' {
  const asked = input.Tier === undefined ? previous?.tier : enumValue('tier', parameterTiers, input.Tier);
  const size = Buffer.byteLength(input.Value);
  const fits = size <= largestValue.Standard && previous?.tier !== 'Advanced';
  const tier = asked === 'Intelligent-Tiering' ? (fits ? 'Standard' : 'Advanced') : (asked ?? 'Standard');
  if (tier === 'Standard' && previous?.tier === 'Advanced') {
    throw invalid(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  if (size <= largestValue[tier]) return tier;
  throw invalid(
    tier === 'Standard'
      ? 'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html'
      : 'Advanced tier parameters support a maximum parameter value of 8192 characters.',
  );
}

function enumValue<Value extends string>(member: string, values: readonly Value[], given: string): Value {
  const value = values.find((one) => one === given);
  if (value !== undefined) return value;
  throw invalid(
    `1 validation error detected: Value '${given}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${values.join(', ')}]`,
  );
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
