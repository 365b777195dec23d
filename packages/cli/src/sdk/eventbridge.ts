// A bundler keeps all of what is imported dynamically: through here, what is named and no more.
export { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
