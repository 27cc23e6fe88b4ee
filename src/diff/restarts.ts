import type {KubernetesObject} from './kubernetes-object.ts'
import {isSameValue} from './same-value.ts'

/** Whether going from one object to the other makes pods start anew: what a deployer wants to know first. */
export function doesRestartPods(
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
): boolean {
  if (after === undefined) return false
  if (before === undefined) return startsPods(after)
  switch (after.kind) {
    case 'Deployment':
      return !isPaused(after) && hasNewTemplate(before, after)
    case 'StatefulSet':
    case 'DaemonSet':
      return !isUpdatedOnDelete(after) && hasNewTemplate(before, after)
    case 'ReplicaSet':
      return hasNewTemplate(before, after)
    case 'Pod':
      return !isSameValue(before.body.spec, after.body.spec)
    default:
      // A CronJob's pods come and go by its clock; a Job's template cannot be changed.
      return false
  }
}

const POD_OWNERS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'Pod'])

function startsPods(object: KubernetesObject): boolean {
  return POD_OWNERS.has(object.kind) && object.body.spec?.replicas !== 0
}

function hasNewTemplate(before: KubernetesObject, after: KubernetesObject): boolean {
  return !isSameValue(before.body.spec?.template, after.body.spec?.template)
}

function isPaused(object: KubernetesObject): boolean {
  return object.body.spec?.paused === true
}

function isUpdatedOnDelete(object: KubernetesObject): boolean {
  return object.body.spec?.updateStrategy?.type === 'OnDelete'
}
