import { playSample } from './play-sample.ts';

// Its cells mostly wait for a deadline, so many can be played at once.
playSample(['overdue'], 10);
