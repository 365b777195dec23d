import { expect, test } from 'vitest';
import { scenarios } from '../../scripts/chaos/scenarios.ts';
import { playSample, scenariosWithOwnFile } from './play-sample.ts';

const names = scenarios.map(({ name }) => name);

playSample(names.filter((name) => !scenariosWithOwnFile.includes(name)));

test('every scenario of the matrix is played', () => {
  expect(names).toEqual(['start', 'refused', 'stop', 'restart', 'task-running', 'task-ended', 'reconcile', 'overdue']);
});
