import type { AddCommand } from '../command-context.ts';
import type { ReconcileOptions } from '../reconcile/reconcile.ts';

export const addReconcileCommand: AddCommand = (program, bind) => {
  program
    .command('reconcile')
    .description('mend what has drifted: tasks that nobody registered, targets without a task, stops left half-done')
    .option('--dry-run', 'only tell what has drifted and what would be done; ends with 4 if there is anything')
    .action(
      bind(async (context, options: ReconcileOptions) => {
        const { reconcile } = await import('../reconcile/reconcile.ts');
        return reconcile(context, options);
      }),
    );
};
