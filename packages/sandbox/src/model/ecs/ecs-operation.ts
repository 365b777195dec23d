import { AwsError } from '../../aws-error.ts';
import type { Operation } from '../../operation.ts';
import { type Shape, ShapeError } from '../shape.ts';

/** Parses the input and runs the operation. A wrong type gives the error of AWS JSON 1.1. */
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
