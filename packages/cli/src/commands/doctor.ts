import type { AddCommand } from '../command-context.ts';
import type { DoctorOptions } from '../doctor/run-doctor.ts';

export const addDoctorCommand: AddCommand = (program, bind) => {
  program
    .command('doctor')
    .description(
      'tell why a service is not reached: the first broken link, the evidence, and the command that mends it',
    )
    .argument('<service>')
    .option('--path <path>', 'what clients ask for, if it is not /api/<service>')
    .option('--host <name>', 'the host that clients ask, where rules look at it')
    .option('--all', 'show every link, not only what is broken')
    .action(
      bind(async (context, service: string, options: DoctorOptions) => {
        const { runDoctor } = await import('../doctor/run-doctor.ts');
        return runDoctor(context, service, options);
      }),
    );
};
