import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { recordDemo } from './picture/record-demo.ts';
import { demoRecording, renderTerminal } from './picture/render-terminal.ts';

/** Records `npm run demo` on a terminal and renders its last screen: docs/pictures/demo.txt and demo.svg. */
const screen = await recordDemo();
mkdirSync(dirname(demoRecording.text), { recursive: true });
writeFileSync(demoRecording.text, screen);
writeFileSync(demoRecording.picture, renderTerminal('npm run demo', screen));
console.log(`wrote ${demoRecording.text}\nwrote ${demoRecording.picture}`);
