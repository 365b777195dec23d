/** The `context` of an invocation. Its deadline and `Date` are in sandbox time. */
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

/** Sets the environment variable that tracing and logging libraries read the current trace from. */
export function setTraceId(traceId) {
  process.env._X_AMZN_TRACE_ID = traceId;
}
