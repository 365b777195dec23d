import { runTurbo } from './tasks.ts';

process.exit(runTurbo('build'));
