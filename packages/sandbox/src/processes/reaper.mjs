// Ends the sandbox's processes when the sandbox itself was killed and could not. It is told their ids on standard
// input, one a line (`+123`, `-123`), and acts when that input ends.
const ids = new Set();
let rest = '';

process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  const lines = `${rest}${text}`.split('\n');
  rest = lines.pop();
  for (const line of lines) {
    if (line.startsWith('+')) ids.add(Number(line.slice(1)));
    else ids.delete(Number(line.slice(1)));
  }
});
process.stdin.on('end', () => {
  for (const id of ids) {
    try {
      process.kill(id, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  process.exit(0);
});
// Ctrl-C reaches the whole group of processes; this one goes last.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
