// A bundler keeps all of what is imported dynamically: through here, what is named and no more.
export { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
