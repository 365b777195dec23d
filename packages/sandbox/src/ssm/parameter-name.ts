import { AwsError } from '../aws-error.ts';

const nameRequirements =
  'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths ' +
  'divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';

/**
 * Validates the name of a new parameter.
 *
 * @throws AwsError `ValidationException` or `HierarchyLevelLimitExceededException`.
 */
export function checkNewName(name: string): void {
  if (name.length === 0 || name.length > 1011) {
    throw new AwsError('ValidationException', 'Parameter name must be between 1 and 1011 characters long.');
  }
  if (/^\/?(aws|ssm)/i.test(name) || !/^[A-Za-z0-9._/-]+$/.test(name) || /\/\/|.\/$/.test(name)) {
    throw new AwsError('ValidationException', nameRequirements);
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw new AwsError('ValidationException', 'Parameter name must be a fully qualified name.');
  }
  if (name.split('/').length - 1 > 15) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      'A parameter name hierarchy can have a maximum of 15 levels. Specify a name with fewer levels and try again.',
    );
  }
}

/** A reference to a parameter: a name or an ARN, with an optional `:version` or `:label`. */
export interface ParameterReference {
  readonly name: string;
  /** The suffix of the name, such as `:3`. Empty for the newest version. */
  readonly selector: string;
}

/** @throws AwsError `ValidationException` for more than one selector */
export function parseReference(reference: string): ParameterReference {
  const plain = reference.replace(/^arn:[a-z-]+:ssm:[a-z0-9-]+:\d{12}:parameter(?=\/)/, '');
  const [name = '', selector, ...rest] = plain.split(':');
  if (rest.length > 0 || !/^[A-Za-z0-9._/-]+$/.test(name)) {
    throw new AwsError('ValidationException', `Invalid parameter name. ${nameRequirements}`);
  }
  return { name, selector: selector === undefined ? '' : `:${selector}` };
}
