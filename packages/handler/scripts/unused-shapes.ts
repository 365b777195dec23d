import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const schemas = /[\\/]@aws-sdk[\\/]client-[a-z0-9-]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/;
const schema = /^((?:export )?var \w+\$? = )(\[[^;]*\]);$/gm;
const registration = /^n0_registry\.registerError\((\w+)\$, \w+\);$/gm;

/** The errors whose members we read. Every other error keeps its name, message and status without a class. */
const kept = /[\\/]client-ecs[\\/].*#ConflictException$/;

/**
 * Removes error classes that are in the bundle only because they are registered: 140 for Parameter Store alone. An error without a
 * class becomes its service's base exception, with the name from the wire.
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
      // A new SDK may register errors in another way. Then this plugin must be adapted, so the build fails.
      if (found === 0) return { errors: [{ text: `${path} registers its errors in an unknown way` }] };
      // Computed keys could have side effects. These are names of traits, and have none.
      return { contents: contents.replace(schema, '$1/* @__PURE__ */ (() => $2)();') };
    });
  },
};
