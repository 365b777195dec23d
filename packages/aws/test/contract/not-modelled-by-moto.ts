/**
 * What moto 5.2.1 answers otherwise than AWS does, or not at all, and why. These tests run on the sandbox alone. Each key
 * is the name of a test of the suite; the suite fails on a key that is none.
 */
export const notModelledByMoto: Readonly<Record<string, string>> = {
  'the same launch twice is one task': 'RunTask ignores clientToken',
  'a token that was used for another launch names its task': 'RunTask ignores clientToken',
  'a launch whose answer was lost is still one task': 'RunTask ignores clientToken, and no faults can be planted',
  'a container that the task definition does not have is refused': 'RunTask does not look at overrides',
  'a container that was renamed is read again': 'RunTask does not look at overrides',
  'missing capacity is reported with its reason': 'RunTask never answers failures',
  'a launched task becomes RUNNING, and its address and version come on the way': 'a task is RUNNING at once',
  'a stopped task ends, keeps its address and loses its tags': 'StopTask deletes neither the tags nor the interface',
  'a stop of an unknown task reports that it does not exist': 'StopTask answers a 500',
  'more tasks than a page are listed and described': 'ListTasks has no pages',
  'a target may be registered under two ports': 'targets are kept by their id alone',
  'deregistering a target that is not there succeeds': 'DeregisterTargets answers InvalidTarget',
  'a target of a group that no listener uses is unused': 'a target is healthy at once',
  'a target whose first check has not ended is initial': 'a target is healthy at once',
  'a target that passes its check is healthy, and drains when it is deregistered': 'there are no health checks',
  'throttling, a server error and a missing permission are different errors': 'no faults can be planted',
};
