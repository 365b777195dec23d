import { expect, test } from 'vitest';
import { scenarios } from '../../scripts/chaos/scenarios.ts';
import { apart, strike } from './strike.ts';

const names = scenarios.map(({ name }) => name);

strike(names.filter((name) => !apart.some((one) => one === name)));

test('no row of the matrix is left out', () => {
  expect(names).toEqual(['start', 'refused', 'stop', 'restart', 'task-running', 'task-ended', 'reconcile', 'overdue']);
});
