import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize, sep } from 'node:path';
import { unzipSync } from 'fflate';
import { AwsError } from '../aws-error.ts';

/** An unpacked deployment package. */
export interface CodePackage {
  /** SHA-256 of the zip in base64, as returned by Lambda. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly taskRoot: string;
}

/** The folders with unpacked packages. */
export interface CodeFolder {
  /** @throws AwsError InvalidParameterValueException if the bytes are not a zip */
  unpack(zip: Uint8Array): CodePackage;
  remove(): Promise<void>;
}

export function createCodeFolder(): CodeFolder {
  const root = mkdtempSync(join(tmpdir(), 'start-engines-lambda-'));
  // Also removes the folders of a sandbox that exits without being closed.
  const removeNow = () => rmSync(root, { recursive: true, force: true });
  process.once('exit', removeNow);
  let count = 0;
  return {
    unpack(zip) {
      count += 1;
      const taskRoot = join(root, String(count));
      writeFiles(taskRoot, readZip(zip));
      const sha256 = createHash('sha256').update(zip).digest('base64');
      return { sha256, sizeBytes: zip.byteLength, taskRoot };
    },
    async remove() {
      process.off('exit', removeNow);
      // On Windows a folder stays locked for a moment after the process in it has exited.
      await rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

function readZip(zip: Uint8Array): Readonly<Record<string, Uint8Array>> {
  try {
    const files = unzipSync(zip);
    if (Object.keys(files).length > 0) return files;
  } catch {
    // Lambda's error does not give the reason either.
  }
  throw new AwsError(
    'InvalidParameterValueException',
    'Could not unzip uploaded file. Please check your file, then try to upload again.',
    { members: { Type: 'User' } },
  );
}

function writeFiles(taskRoot: string, files: Readonly<Record<string, Uint8Array>>): void {
  mkdirSync(taskRoot, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    const path = normalize(join(taskRoot, name));
    // An entry such as `../x` must not escape from the folder.
    if (!path.startsWith(`${taskRoot}${sep}`) || name.endsWith('/')) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}
