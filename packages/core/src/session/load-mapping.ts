import type { Ports } from '../model/ports.ts';
import type { LoadedMapping } from '../model/service-mapping.ts';

/**
 * The service's mapping, with a line in the journal when it is not the newest one: a broken edit must not go unnoticed,
 * whoever meets it.
 *
 * @param readSince as for `ServiceMappings.load`
 * @throws StartEnginesError `UnknownService`, `MappingInvalid` or `MappingUnavailable`.
 */
export async function loadMapping(
  ports: Pick<Ports, 'mappings' | 'journal'>,
  service: string,
  readSince?: number,
): Promise<LoadedMapping> {
  const loaded = await ports.mappings.load(service, readSince);
  const { problems } = loaded;
  if (problems.length > 0) ports.journal.record({ service, kind: 'mapping-problems', problems });
  return loaded;
}
