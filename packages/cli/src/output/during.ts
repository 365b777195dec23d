import type { CommandContext } from '../command-context.ts';
import { spinnerFrame } from './live-view.ts';

const frameMs = 120;

/** Shows a spinner on a terminal until the work is done. */
export async function during<Result>(
  { output, surroundings }: Pick<CommandContext, 'output' | 'surroundings'>,
  title: string,
  work: Promise<Result>,
): Promise<Result> {
  const view = output.live();
  if (view === undefined) return work;
  let frame = 0;
  const draw = () => {
    frame += 1;
    view.show(`${output.style.cyan(spinnerFrame(frame, surroundings.environment))} ${title}`);
  };
  draw();
  const drawing = setInterval(draw, frameMs);
  try {
    return await work;
  } finally {
    clearInterval(drawing);
    view.clear();
  }
}
