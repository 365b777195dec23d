import type { AddCommand } from '../command-context.ts';
import type { DoctorOptions } from '../doctor/run-doctor.ts';

export const addDoctorCommand: AddCommand = (program, bind) => {
  program
    .command('doctor')
    .description(
      'find out why a service is not reachable: the first broken link, the evidence, and the command that fixes it',
    )
    .argument('<service>')
    .option('--path <path>', 'path that clients request (default: /api/<service>)')
    .option('--host <name>', 'host that clients request, if rules depend on it')
    .option('--all', 'show every link, not only the broken ones')
    .action(
      bind(async (context, service: string, options: DoctorOptions) => {
        const { runDoctor } = await import('../doctor/run-doctor.ts');
        return runDoctor(context, service, options);
      }),
    );
};
