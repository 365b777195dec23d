import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, runTurbo } from './tasks.ts';

const status = runTurbo('build');
if (status !== 0) process.exit(status);
for (const folder of readdirSync(join(root, 'packages')).map((name) => join('packages', name, 'dist'))) {
  for (const file of readFolder(folder)) {
    console.log(`${join(folder, file)}  ${Math.ceil(statSync(join(root, folder, file)).size / 1024)} KB`);
  }
}

function readFolder(folder: string): readonly string[] {
  const files = readdirSync(join(root, folder, '..')).includes('dist') ? readdirSync(join(root, folder)) : [];
  return files.filter((file) => statSync(join(root, folder, file)).isFile());
}
