/** One version of a parameter. */
export interface ParameterVersion {
  readonly name: string;
  readonly version: number;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  /** The KMS key of a SecureString. */
  readonly keyId: string | undefined;
  readonly tier: 'Standard' | 'Advanced';
  readonly dataType: string;
  readonly description: string | undefined;
  readonly modifiedAt: Date;
}

/** Parameter Store keeps 100 versions of a parameter. AWS-057. */
const keptVersions = 100;

/** The parameters with their histories. */
export class ParameterStore {
  readonly #histories = new Map<string, readonly ParameterVersion[]>();

  history(name: string): readonly ParameterVersion[] {
    return this.#histories.get(name) ?? [];
  }

  latest(name: string): ParameterVersion | undefined {
    return this.history(name).at(-1);
  }

  add(version: ParameterVersion): void {
    this.#histories.set(version.name, [...this.history(version.name), version].slice(-keptVersions));
  }

  /** Returns whether the parameter existed. */
  delete(name: string): boolean {
    return this.#histories.delete(name);
  }

  /** The newest version of every parameter, by name. */
  all(): readonly ParameterVersion[] {
    const names = [...this.#histories.keys()].sort();
    return names.flatMap((name) => this.latest(name) ?? []);
  }
}
