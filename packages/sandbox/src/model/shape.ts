/** An input that does not match the service model. Each service has its own error for it. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  readonly path: string;
  readonly expected: string;

  constructor(path: string, expected: string) {
    super(`${path} is not ${expected}`);
    this.path = path;
    this.expected = expected;
  }
}

/** Parses a value. @throws `ShapeError` */
export type Shape<T> = (value: unknown, path: string) => T;

/** The type that a shape parses to. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

type Fields = Readonly<Record<string, Shape<unknown>>>;

/** All members are optional here. The operation checks the required ones, with its own error messages. */
type Structure<F extends Fields> = { readonly [K in keyof F]?: Shaped<F[K]> };

export const string: Shape<string> = (value, path) => {
  if (typeof value !== 'string') throw new ShapeError(path, 'a String');
  return value;
};

export const integer: Shape<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new ShapeError(path, 'an Integer');
  return value;
};

export const boolean: Shape<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new ShapeError(path, 'a Boolean');
  return value;
};

/** A member that the model stores and returns, but does not interpret. */
export const anything: Shape<unknown> = (value) => value;

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new ShapeError(path, 'a List');
    return value.map((entry, index) => item(entry, `${path}.${index + 1}`));
  };
}

/** As on AWS, `null` members count as omitted. Members that the shape does not have are dropped. */
export function structure<F extends Fields>(fields: F): Shape<Structure<F>> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ShapeError(path, 'a Structure');
    const members = Object.entries(value).flatMap(([name, member]) => {
      const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (shape === undefined || member === null || member === undefined) return [];
      return [[name, shape(member, path === '' ? name : `${path}.${name}`)]];
    });
    return Object.fromEntries(members) as Structure<F>;
  };
}

/** A structure whose other members are kept unchanged. */
export function openStructure<F extends Fields>(fields: F): Shape<Structure<F> & Readonly<Record<string, unknown>>> {
  const known = structure(fields);
  return (value, path) => {
    const read = known(value, path);
    const others = Object.entries(value as object).filter(([, member]) => member !== null && member !== undefined);
    return { ...Object.fromEntries(others), ...read };
  };
}
