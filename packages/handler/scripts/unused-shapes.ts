import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const schemas = /[\\/]@aws-sdk[\\/]client-[a-z0-9-]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/;
const schema = /^((?:export )?var \w+\$? = )(\[[^;]*\]);$/gm;
const registration = /^n0_registry\.registerError\((\w+)\$, \w+\);$/gm;

/** Whose members we read. Of every other error its name, message and status are enough, and those it has all the same. */
const kept = /[\\/]client-ecs[\\/].*#ConflictException$/;

/**
 * Leaves the classes of errors out of the bundle that only their registration keeps there: of Parameter Store alone 140. An
 * error whose class a client does not know becomes its service's own exception with the name from the wire.
 */
export const unusedShapes: Plugin = {
  name: 'unused-shapes',
  setup({ onLoad }) {
    onLoad({ filter: schemas }, async ({ path }) => {
      let found = 0;
      const contents = (await readFile(path, 'utf8')).replace(registration, (line, name: string) => {
        found += 1;
        return kept.test(`${path}#${name}`) ? line : '';
      });
      // A new SDK may write this another way: then this must be looked at, and not quietly do nothing.
      if (found === 0) return { errors: [{ text: `${path} registers its errors in a way that is not known here` }] };
      // What is in brackets before a colon might do something; these are names of traits, and do not.
      return { contents: contents.replace(schema, '$1/* @__PURE__ */ (() => $2)();') };
    });
  },
};
