import { runCommand, runTurbo } from './tasks.ts';

process.exit(runTurbo('typecheck') || runCommand('typescript', 'tsc', ['-p', '.']));
