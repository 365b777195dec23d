import { AwsError } from '../aws-error.ts';
import { compilePattern, type EventTest } from './pattern/compile-pattern.ts';
import { PatternError } from './pattern/pattern-error.ts';

/** A target of PutTargets. Its shape has already been validated. */
export interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly busName: string;
  readonly pattern: string;
  readonly matches: EventTest;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly description: string | undefined;
  readonly roleArn: string | undefined;
  readonly targets: Map<string, Target>;
}

export interface EventBus {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  readonly rules: Map<string, Rule>;
}

/** @throws AwsError `InvalidEventPatternException` */
export function readPattern(pattern: string): EventTest {
  try {
    return compilePattern(pattern);
  } catch (cause) {
    if (!(cause instanceof PatternError)) throw cause;
    throw new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${cause.message}`);
  }
}

/** The event buses of one account, with their rules. */
export class EventBuses {
  readonly #buses = new Map<string, EventBus>();
  readonly #arnPrefix: string;

  constructor(region: string, accountId: string, now: Date) {
    this.#arnPrefix = `arn:aws:events:${region}:${accountId}:`;
    this.add('default', now);
  }

  /** @throws AwsError `ResourceAlreadyExistsException`, `ValidationException` */
  add(name: string, now: Date): EventBus {
    if (this.#buses.has(name)) {
      throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
    }
    if (!/^[A-Za-z0-9._-]{1,256}$/.test(name)) {
      throw new AwsError('ValidationException', `Parameter Name is not valid. Reason: ${name} is no event bus name.`);
    }
    const bus: EventBus = { name, arn: `${this.#arnPrefix}event-bus/${name}`, createdAt: now, rules: new Map() };
    this.#buses.set(name, bus);
    return bus;
  }

  /** Finds a bus by name or ARN. Default: the default bus. @throws AwsError `ResourceNotFoundException` */
  get(nameOrArn: unknown): EventBus {
    const bus = this.find(nameOrArn);
    if (bus !== undefined) return bus;
    throw new AwsError('ResourceNotFoundException', `Event bus ${String(nameOrArn)} does not exist.`);
  }

  find(nameOrArn: unknown): EventBus | undefined {
    if (nameOrArn === undefined) return this.#buses.get('default');
    const text = String(nameOrArn);
    return this.#buses.get(text.startsWith(this.#arnPrefix) ? text.slice(text.indexOf('/') + 1) : text);
  }

  all(): readonly EventBus[] {
    return [...this.#buses.values()];
  }

  /** @throws AwsError `ResourceNotFoundException` */
  rule(busName: unknown, name: unknown): Rule {
    const bus = this.get(busName);
    const rule = bus.rules.get(String(name));
    if (rule !== undefined) return rule;
    throw new AwsError('ResourceNotFoundException', `Rule ${String(name)} does not exist on EventBus ${bus.name}.`);
  }

  ruleArn(bus: EventBus, name: string): string {
    return `${this.#arnPrefix}rule/${bus.name === 'default' ? '' : `${bus.name}/`}${name}`;
  }
}
