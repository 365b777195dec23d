import type { Ports } from '../model/ports.ts';
import type { LoadedMapping } from '../model/service-mapping.ts';

/**
 * The service's mapping. If the newest version is invalid and an older one is used, the journal records it, so that a broken edit
 * does not go unnoticed.
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
