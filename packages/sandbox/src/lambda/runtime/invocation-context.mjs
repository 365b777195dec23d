/** The `context` of one invocation. Its deadline is in the sandbox's time, and so is the `Date` that it asks. */
export function createContext(message) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: message.functionVersion,
    functionName: message.functionName,
    memoryLimitInMB: String(message.memorySize),
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: message.invokedArn,
    awsRequestId: message.requestId,
    ...(message.clientContext === undefined ? {} : { clientContext: message.clientContext }),
    getRemainingTimeInMillis: () => message.deadlineMs - Date.now(),
  };
}

/** The runtime shows the current trace in the environment, where tracing and logging libraries look for it. */
export function setTraceId(traceId) {
  process.env._X_AMZN_TRACE_ID = traceId;
}
