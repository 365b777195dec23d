import process from 'node:process';

// The command's own folder is this one; paths on its command line are meant from where it was called.
if (process.env.INIT_CWD !== undefined) process.chdir(process.env.INIT_CWD);
await import('../packages/cli/src/main.ts');
