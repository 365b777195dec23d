import { defaultsName, type MappingName } from './mapping-name.ts';

/** When a change takes effect. */
export function describeEffect(names: readonly MappingName[]): string {
  const services = names.filter((name) => name !== defaultsName);
  const restart = `engines restart ${services.length === 0 ? '<service>' : services.join(' ')}`;
  return `The next start or restart uses it. A live task keeps its settings: ${restart}`;
}
