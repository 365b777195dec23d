import type { AddCommand } from '../command-context.ts';
import type { ReconcileOptions } from '../reconcile/reconcile.ts';

export const addReconcileCommand: AddCommand = (program, bind) => {
  program
    .command('reconcile')
    .description('repair drift: unregistered tasks, targets without a task, unfinished stops')
    .option('--dry-run', 'only report the drift and the planned repairs; exit with 4 if there is drift')
    .action(
      bind(async (context, options: ReconcileOptions) => {
        const { reconcile } = await import('../reconcile/reconcile.ts');
        return reconcile(context, options);
      }),
    );
};
