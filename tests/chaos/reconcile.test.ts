import { playSample } from './play-sample.ts';

playSample(['reconcile']);
