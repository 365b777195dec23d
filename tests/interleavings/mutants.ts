import type { Mutant } from './mutant.ts';
import { mutantsOfRoutes } from './mutants-of-routes.ts';
import { mutantsOfStarts } from './mutants-of-starts.ts';
import { mutantsOfTasks } from './mutants-of-tasks.ts';

export const mutants: readonly Mutant[] = [...mutantsOfStarts, ...mutantsOfTasks, ...mutantsOfRoutes];
