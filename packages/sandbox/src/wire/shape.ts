/**
 * The type of a value in a request, in a compact notation: a list is `[item]`, a map is `{ '*': value }`, and a
 * structure is an object whose required members end in `!`. It needs only the members that the sandbox uses;
 * other members pass through unchanged.
 */
export type Shape = 'string' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'blob' | ListShape | MembersShape;

export type ListShape = readonly [Shape];

/** A structure, or a map if `*` is its only member. */
export interface MembersShape {
  readonly [member: string]: Shape;
}

/** The input shapes of one service, by operation. */
export type InputShapes = Readonly<Record<string, MembersShape>>;

export function isListShape(shape: Shape): shape is ListShape {
  return Array.isArray(shape);
}

/** The structure's members: name without `!`, type, and whether it is required. */
export function membersOf(shape: MembersShape): readonly { name: string; shape: Shape; required: boolean }[] {
  return Object.entries(shape).map(([key, value]) => ({
    name: key.replace(/!$/, ''),
    shape: value,
    required: key.endsWith('!'),
  }));
}

/** A mismatch between a request's body and its shape, which becomes the service's exception. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  readonly kind: 'wrong-type' | 'missing';
  /** The member in the service's notation, such as `overrides.containerOverrides[0].name`. */
  readonly member: string;

  constructor(kind: 'wrong-type' | 'missing', member: string, message: string) {
    super(message);
    this.kind = kind;
    this.member = member;
  }
}
