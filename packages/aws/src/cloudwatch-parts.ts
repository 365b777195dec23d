/** What is loaded to read metrics. A module of its own, so that the bundle contains nothing else of the client. */
export { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
