import { strike } from './strike.ts';

strike(['restart']);
