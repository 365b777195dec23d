import { strike } from './strike.ts';

strike(['stop']);
