import { runCommand } from './tasks.ts';

const fix = process.argv.includes('--fix') ? ['--write'] : [];
process.exit(runCommand('@biomejs/biome', 'biome', ['check', '--error-on-warnings', ...fix, '.']));
