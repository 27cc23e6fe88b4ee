import * as v from 'valibot'

export const releaseRef = v.object({namespace: v.string(), name: v.string()})

export const workloadRef = v.object({
  kind: v.pipe(
    v.string(),
    v.description('Deployment, StatefulSet, DaemonSet, Job, Pod, or an object without pods.'),
  ),
  namespace: v.string(),
  name: v.string(),
  apiVersion: v.exactOptional(v.pipe(v.string(), v.description('Of kinds that Kubernetes itself lacks.'))),
  isRemovedAtEnd: v.exactOptional(
    v.pipe(v.literal(true), v.description('A Job that Kubernetes removes when it has ended.')),
  ),
})

export const workloadProgress = v.object({
  workload: workloadRef,
  wanted: v.number(),
  updated: v.number(),
  ready: v.number(),
  waitingFor: v.pipe(v.string(), v.description('What is awaited, in a few words; empty when ready.')),
})
