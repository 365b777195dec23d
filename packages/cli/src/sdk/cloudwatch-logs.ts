// A bundler keeps all of what is imported dynamically: through here, what is named and no more.
export { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
