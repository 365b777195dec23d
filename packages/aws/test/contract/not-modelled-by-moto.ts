/**
 * Behaviours that moto 5.2.1 implements differently from AWS or not at all, and why. These tests run only on the sandbox. Each key
 * is the name of a test of the suite; the suite fails on any other key.
 */
export const notModelledByMoto: Readonly<Record<string, string>> = {
  'the same launch twice gives one task': 'RunTask ignores clientToken',
  'a token that was used for another launch names its task': 'RunTask ignores clientToken',
  'a launch whose answer was lost gives one task': 'RunTask ignores clientToken, and no faults can be planted',
  'a container that the task definition does not have is refused': 'RunTask does not look at overrides',
  'a container that was renamed is read again': 'RunTask does not look at overrides',
  'missing capacity is reported with its reason': 'RunTask never answers failures',
  'a launched task becomes RUNNING, and gets its address and version before that': 'a task is RUNNING at once',
  'a stopped task ends, keeps its address and loses its tags': 'StopTask deletes neither the tags nor the interface',
  'a stop of an unknown task reports that it does not exist': 'StopTask answers 500',
  'more tasks than a page are listed and described': 'ListTasks has no pages',
  'a target may be registered under two ports': 'targets are identified only by their ID',
  'deregistering a missing target succeeds': 'DeregisterTargets answers InvalidTarget',
  'a target of a group that no listener uses is unused': 'a target is healthy at once',
  'a target whose first check has not ended is initial': 'a target is healthy at once',
  'a target that passes its check is healthy, and drains when it is deregistered': 'there are no health checks',
  'throttling, a server error and a missing permission are different errors': 'no faults can be planted',
};
