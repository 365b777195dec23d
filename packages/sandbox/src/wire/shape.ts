/**
 * The type of a value in a request, written as compactly as it can be: a list is `[item]`, a map `{ '*': value }`, a
 * structure an object whose required members end in `!`. Only what the sandbox's operations read has to be written;
 * other members pass through as they came.
 */
export type Shape = 'string' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'blob' | ListShape | MembersShape;

export type ListShape = readonly [Shape];

/** A structure, or a map when `*` is its only member. */
export interface MembersShape {
  readonly [member: string]: Shape;
}

/** The input shapes of one service, by operation. */
export type InputShapes = Readonly<Record<string, MembersShape>>;

export function isListShape(shape: Shape): shape is ListShape {
  return Array.isArray(shape);
}

/** The structure's members without the marks: name, type, and whether a request must have it. */
export function membersOf(shape: MembersShape): readonly { name: string; shape: Shape; required: boolean }[] {
  return Object.entries(shape).map(([key, value]) => ({
    name: key.replace(/!$/, ''),
    shape: value,
    required: key.endsWith('!'),
  }));
}

/** What a request's body has that its shape does not allow. The service's own exception is made of it. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  readonly kind: 'wrong-type' | 'missing';
  /** The member as the service writes it, such as `overrides.containerOverrides[0].name`. */
  readonly member: string;

  constructor(kind: 'wrong-type' | 'missing', member: string, message: string) {
    super(message);
    this.kind = kind;
    this.member = member;
  }
}
