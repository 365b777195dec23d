import { strike } from './strike.ts';

// Its cells spend most of their time waiting for a deadline.
strike(['overdue'], 10);
