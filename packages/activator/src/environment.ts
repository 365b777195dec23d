/** What the function's environment variables say, checked. */
export interface Environment {
  /** `/start-engines/<workspace>`, below which mappings and activations stand. */
  readonly parameterPath: string;
  readonly eventBusName: string;
  readonly workspace: string;
  readonly region: string;
  /** Replaces the addresses of AWS; undefined on Lambda. */
  readonly endpoint: string | undefined;
}

const formats = {
  PARAMETER_PATH: /^\/start-engines\/[a-z][a-z0-9-]{0,11}$/,
  EVENT_BUS_NAME: /^[A-Za-z0-9._/:-]{1,1600}$/,
  WORKSPACE: /^[a-z][a-z0-9-]{0,11}$/,
  AWS_REGION: /^[a-z0-9-]{1,32}$/,
} as const;

/** @throws Error that names each variable which is missing or malformed, without its value */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const names = Object.keys(formats) as (keyof typeof formats)[];
  const unusable = names.filter((name) => !formats[name].test(variables[name] ?? ''));
  if (unusable.length > 0) {
    throw new Error(`The function's environment variables are missing or malformed: ${unusable.join(', ')}.`);
  }
  const value = (name: keyof typeof formats) => variables[name] ?? '';
  return {
    parameterPath: value('PARAMETER_PATH'),
    eventBusName: value('EVENT_BUS_NAME'),
    workspace: value('WORKSPACE'),
    region: value('AWS_REGION'),
    endpoint: variables.AWS_ENDPOINT_URL || undefined,
  };
}
