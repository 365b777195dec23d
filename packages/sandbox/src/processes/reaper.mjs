// Ends the sandbox's processes after the sandbox itself has been killed. It receives their IDs on standard
// input, one per line (`+123`, `-123`), and acts when the input ends.
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
      // The process has already exited.
    }
  }
  process.exit(0);
});
// Ctrl-C reaches the whole process group. This process must exit last.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
