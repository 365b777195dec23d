import { playSample } from './play-sample.ts';

playSample(['restart']);
