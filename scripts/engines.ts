import process from 'node:process';

// npm runs scripts in this folder, but paths on the command line are relative to the caller's folder.
if (process.env.INIT_CWD !== undefined) process.chdir(process.env.INIT_CWD);
await import('../packages/cli/src/main.ts');
