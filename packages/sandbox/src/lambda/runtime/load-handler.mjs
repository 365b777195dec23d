import { existsSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RuntimeError } from './errors.mjs';

/** `index.handler` or `folder/index.handler.nested`: the path of the module, then of the export. */
const handlerPattern = /^((?:.*\/)?[^./]+)\.(.+)$/;
const extensions = ['.js', '.mjs', '.cjs'];

/**
 * Imports the function's module and finds its handler.
 * @throws RuntimeError with the error names of the managed runtime
 */
export async function loadHandler(taskRoot, handlerName, allowsCallback) {
  const parts = handlerPattern.exec(handlerName);
  if (parts === null || handlerName.includes('..')) {
    throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  }
  const [, modulePath, exportPath] = parts;
  const found = await importModule(taskRoot, modulePath);
  const handler = pick(found, exportPath) ?? pick(found.default, exportPath);
  if (handler === undefined) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handlerName} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw new RuntimeError('Runtime.HandlerNotFound', `${handlerName} is not a function`);
  }
  if (!allowsCallback && takesCallback(handler)) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'Callback-based handlers are no longer supported starting with Node.js 24: export an async handler with two parameters.',
    );
  }
  return handler;
}

/** Lambda detects callback handlers only by their number of declared parameters. */
export function takesCallback(handler) {
  return handler.length >= 3;
}

async function importModule(taskRoot, modulePath) {
  const base = resolve(taskRoot, modulePath.split('/').join(sep));
  const file = extensions.map((extension) => `${base}${extension}`).find((path) => existsSync(path));
  if (file === undefined) {
    throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${join(modulePath)}'`);
  }
  try {
    return await import(pathToFileURL(file).href);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new RuntimeError('Runtime.UserCodeSyntaxError', String(cause), { cause });
    if (['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(cause?.code)) {
      throw new RuntimeError('Runtime.ImportModuleError', String(cause), { cause });
    }
    throw cause;
  }
}

function pick(module, exportPath) {
  return exportPath.split('.').reduce((value, name) => value?.[name], module);
}
