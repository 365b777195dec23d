// Runs in the browser. Plain JavaScript without imports: the build puts it into the page as it is, minified.
const main = document.querySelector('main');
const { dataset } = main;
const part = (name) => main.querySelector(`[data-part="${name}"]`);
const now = () => performance.now() / 1000;
const reloads = dataset.reloads === 'true';
const usual = Number(dataset.usual);
let begun = now() - Number(dataset.elapsed);
let retryAt = now() + Number(dataset.retry);
let cleanAnswers = 0;
let wakeUp = () => {};

const address = new URL(location.href);
address.username = '';
address.password = '';
address.hash = '';

function show(state) {
  if (state === dataset.state) return;
  dataset.state = state;
  if (state === 'starting') begun = now();
  for (const section of main.querySelectorAll('[data-for]')) section.hidden = section.dataset.for !== state;
  document.title = part(`${state}-heading`).textContent;
  draw();
}

function inWords(seconds) {
  const [whole, minutes] = [Math.max(Math.round(seconds), 0), Math.floor(Math.round(seconds) / 60)];
  if (whole < 60) return `${whole} ${whole === 1 ? 'second' : 'seconds'}`;
  return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
}

function setText(name, text) {
  if (part(name).textContent !== text) part(name).textContent = text;
}

/** Up to nine tenths by the usual time, and more and more slowly afterwards: it never says that it is done. */
function draw() {
  const elapsed = now() - begun;
  const share = elapsed / usual;
  if (usual > 0) part('progress').value = share < 1 ? 90 * share : 99 - 9 * Math.exp(1 - share);
  setText(
    'elapsed',
    usual > 0 && share > 1 ? `${inWords(elapsed)} so far, longer than usual` : `${inWords(elapsed)} so far`,
  );
  const left = Math.ceil(retryAt - now());
  part('retry').hidden = left > 0;
  setText('countdown', left > 0 ? `You can try again in ${inWords(left)}.` : 'You can try again now.');
}

async function look() {
  // Only a start that is under way is looked after. After a failure and during a pause nothing is started from here.
  const headers = dataset.state === 'starting' ? { 'X-Start-Engines-Poll': '1' } : {};
  const options = { method: 'HEAD', cache: 'no-store', redirect: 'manual', headers };
  const answer = await fetch(address, options).catch(() => undefined);
  const state = answer?.headers.get('X-Start-Engines');
  cleanAnswers = answer && !state ? cleanAnswers + 1 : 0;
  if (!state) return;
  if (state === 'failed') retryAt = now() + Number(answer.headers.get('Retry-After'));
  if (part(`${state}-heading`)) show(state);
}

function pauseSeconds() {
  if (cleanAnswers > 0) return 1;
  return dataset.state === 'starting' ? 2 : 10;
}

async function watch() {
  while (cleanAnswers < 3) {
    await new Promise((resolve) => {
      wakeUp = resolve;
      setTimeout(resolve, pauseSeconds() * 1000);
    });
    await look();
  }
  if (reloads) location.reload();
  else show('ready');
}

part('retry').addEventListener('click', () => {
  show('starting');
  wakeUp();
});
part('back').addEventListener('click', () => history.back());
draw();
setInterval(draw, 1000);
watch();
