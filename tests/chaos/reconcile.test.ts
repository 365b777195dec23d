import { strike } from './strike.ts';

strike(['reconcile']);
