import { type WorldService, worldService } from '../world/services.ts';

/** A service like `auth` with another name, task definition and target group. */
export function numberedService(index: number): WorldService {
  const name = `bench-${index}`;
  const family = `${name}-task`;
  const model = worldService('auth');
  return { ...model, name, family, targetGroups: [name], mapping: { ...model.mapping, taskDefinition: family } };
}
