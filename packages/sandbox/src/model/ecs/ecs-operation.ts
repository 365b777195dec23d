import { AwsError } from '../../aws-error.ts';
import type { Operation } from '../../operation.ts';
import { type Shape, ShapeError } from '../shape.ts';

/** Reads the input, then does the work. A wrong type is answered as AWS JSON 1.1 does. */
export function ecsOperation<T>(
  shape: Shape<T>,
  run: (input: T, raw: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): Operation {
  return (input) => {
    try {
      return run(shape(input, ''), input);
    } catch (error) {
      if (error instanceof ShapeError) {
        throw new AwsError(
          'SerializationException',
          `The value of ${error.path} can not be converted to ${error.expected}`,
        );
      }
      throw error;
    }
  };
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function clientException(message: string): AwsError {
  return new AwsError('ClientException', message);
}
