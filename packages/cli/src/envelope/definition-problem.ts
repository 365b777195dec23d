/** A mismatch between a mapping and its task definition. */
export interface DefinitionProblem {
  /** The key of the mapping that causes it. */
  readonly key:
    | 'taskDefinition'
    | 'port'
    | 'containerName'
    | 'launchType'
    | 'capacityProviderStrategy'
    | 'platformVersion'
    | 'propagateTags'
    | 'enableExecuteCommand';
  readonly message: string;
  readonly evidence: readonly string[];
}
