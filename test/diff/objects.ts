import type {KubernetesObject} from '../../src/diff/manifests.ts'

type Body = Record<string, unknown>

/** A rendered object, named `web` in the namespace `citoid` unless said otherwise. */
export function anObject(
  kind: string,
  body: Body = {},
  {name = 'web', namespace = 'citoid'} = {},
): KubernetesObject {
  const apiVersion = API_VERSIONS[kind] ?? 'v1'
  return {
    apiVersion,
    kind,
    namespace,
    name,
    source: `citoid/templates/${kind.toLowerCase()}.yaml`,
    body: {apiVersion, kind, metadata: {name}, ...body},
  }
}

const API_VERSIONS: Record<string, string> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  ReplicaSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
}

export function podSpec(image: string, more: Body = {}): Body {
  return {containers: [{name: 'main', image, ...more}]}
}

/** A workload of any kind around one pod spec. */
export function aWorkload(kind: string, spec: Body, more: Body = {}): KubernetesObject {
  if (kind === 'Pod') return anObject(kind, {spec})
  if (kind === 'CronJob') return anObject(kind, {spec: {...more, jobTemplate: {spec: {template: {spec}}}}})
  return anObject(kind, {spec: {...more, template: {spec}}})
}
