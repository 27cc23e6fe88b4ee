import {type KubernetesObject, objectKey} from '../diff/kubernetes-object.ts'
import type {ApiObject} from '../rollout/verdict.ts'
import type {Facts, ReleaseFacts, ReleaseRef} from './facts.ts'
import type {Plan, ReleaseStep, Stage} from './plan.ts'
import {isSameRelease} from './release-ref.ts'

/**
 * One object that helm will write. `create`: a hook, which helm makes anew each time; `clears`: after taking the last one away.
 * `apply`: everything else; `isNew` where the release does not hold it yet.
 */
export type AskedObject =
  | {kind: 'create'; object: KubernetesObject; clears: boolean}
  | {kind: 'apply'; object: KubernetesObject; release: ReleaseRef; isNew: boolean}

/** Everything a stage will write: what is added or changed, what was changed by hand and is put back, and the hooks that run. */
export function askedObjects(stage: Stage, plan: Pick<Plan, 'drift'>, facts: Facts): AskedObject[] {
  const environment = facts.environments.find(one => one.name === stage.environment)
  return stage.steps.flatMap(step => {
    const release = environment?.releases.find(one => isSameRelease(one, step.release))
    return release === undefined ? [] : [...written(step, release, stage, plan), ...hooks(step, release)]
  })
}

function written(
  step: ReleaseStep,
  release: ReleaseFacts,
  stage: Stage,
  {drift}: Pick<Plan, 'drift'>,
): AskedObject[] {
  const undone = drift.filter(
    one =>
      one.environment === stage.environment &&
      isSameRelease(one.release, release) &&
      one.fate.kind === 'undone',
  )
  const changes = [...step.changes.filter(({kind}) => kind !== 'removed'), ...undone.map(one => one.change)]
  const keys = new Set(changes.map(keyOfChange))
  const held = new Set((release.deployed?.objects ?? []).map(objectKey))
  return release.wanted
    .filter(object => keys.has(keyOf(object)))
    .map(object => ({
      kind: 'apply',
      object,
      release: {namespace: release.namespace, name: release.name},
      isNew: !held.has(objectKey(object)) && !release.takesOwnership,
    }))
}

function hooks(step: ReleaseStep, release: ReleaseFacts): AskedObject[] {
  const running = new Set(step.hooks.filter(hook => hook.runs.length > 0).map(keyOfChange))
  return release.wantedHooks
    .filter(object => running.has(keyOf(object)))
    .map(object => ({kind: 'create', object, clears: isClearedBefore(object)}))
}

// What helm does when the chart says nothing. Source: helm.sh/helm/v3/pkg/action/hooks.go.
function isClearedBefore({body}: KubernetesObject): boolean {
  const policy = body.metadata?.annotations?.['helm.sh/hook-delete-policy']
  return policy === undefined || String(policy).includes('before-hook-creation')
}

/**
 * Why helm would not take an object that is there already into a release.
 * Source: `checkOwnership` in helm.sh/helm/v3/pkg/action/validate.go.
 * @returns nothing where it is the release's own
 */
export function foreignOwner(live: ApiObject, release: ReleaseRef): string | undefined {
  const {labels = {}, annotations = {}} = live.metadata
  const [name, namespace] = ['name', 'namespace'].map(key => annotations[`meta.helm.sh/release-${key}`])
  if (labels['app.kubernetes.io/managed-by'] !== 'Helm') return 'it is not managed by helm'
  if (name === undefined || namespace === undefined) return 'it says of no release that it owns it'
  return name === release.name && namespace === release.namespace
    ? undefined
    : `it belongs to the release ${name} in ${namespace}`
}

function keyOf({kind, namespace, name}: KubernetesObject): string {
  return `${kind}/${namespace}/${name}`
}

function keyOfChange(change: {objectKind: string; namespace: string; name: string}): string {
  return `${change.objectKind}/${change.namespace}/${change.name}`
}
