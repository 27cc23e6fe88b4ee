import {isSameRelease} from '../plan/release-ref.ts'
import type {Cluster} from '../cluster/client.ts'
import {ConflictError} from '../cluster/faults.ts'
import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import {DeployError} from '../errors.ts'
import type {Facts} from '../plan/facts.ts'
import type {Plan, Refusal, Stage} from '../plan/plan.ts'
import type {EnvironmentSite} from './open-environment.ts'

/**
 * Ask every API server whether it would take each object that is added or changed, before anything is changed: immutable
 * fields, admission and unknown kinds are found here and not halfway (helm's own dry run does not find them).
 * A server-side apply as a dry run validates; it is no preview, since it keeps fields that helm would remove.
 */
export async function validatePlan(
  plan: Plan,
  facts: Facts,
  sites: ReadonlyMap<string, EnvironmentSite>,
): Promise<Plan> {
  const found = await Promise.all(
    plan.stages.map(stage => validateStage(stage, facts, sites.get(stage.environment))),
  )
  return {...plan, refusals: [...plan.refusals, ...found.flat()]}
}

async function validateStage(
  stage: Stage,
  facts: Facts,
  site: EnvironmentSite | undefined,
): Promise<Refusal[]> {
  const environment = facts.environments.find(one => one.name === stage.environment)
  if (site === undefined || environment === undefined) return []
  const asked = stage.steps.flatMap(step => {
    const wanted = environment.releases.find(one => isSameRelease(one, step.release))?.wanted ?? []
    const changed = new Set(step.changes.filter(change => change.kind !== 'removed').map(keyOfChange))
    return wanted.filter(object => changed.has(`${object.kind}/${object.namespace}/${object.name}`))
  })
  const hooks = stage.steps.flatMap(step => {
    const wanted = environment.releases.find(one => isSameRelease(one, step.release))?.wantedHooks ?? []
    const running = new Set(step.hooks.filter(hook => hook.runs.length > 0).map(keyOfChange))
    return wanted.filter(object => running.has(`${object.kind}/${object.namespace}/${object.name}`))
  })
  const refusals = await Promise.all([
    ...asked.map(object => validateObject(object, stage.environment, () => tryApply(object, site.cluster))),
    ...hooks.map(object => validateObject(object, stage.environment, () => tryCreate(object, site.cluster))),
  ])
  return refusals.flat()
}

async function tryApply(object: KubernetesObject, cluster: Cluster): Promise<void> {
  const {apiVersion, kind, namespace, name} = object
  await cluster.patch(
    {apiVersion, kind, namespace, name},
    {kind: 'apply', body: bodyOf(object)},
    {dryRun: true, fieldManager: 'helm', force: true, isStrict: true},
  )
}

// helm makes a hook anew each time. That the last one is still there is found only after everything else, as a conflict.
async function tryCreate(object: KubernetesObject, cluster: Cluster): Promise<void> {
  const {apiVersion, kind} = object
  const created = {...bodyOf(object), apiVersion, kind}
  await cluster.create(created, {dryRun: true, fieldManager: 'helm', isStrict: true})
}

function bodyOf({body, namespace}: KubernetesObject) {
  return {...body, metadata: {...body.metadata, namespace}}
}

async function validateObject(
  {kind, name}: KubernetesObject,
  environment: string,
  attempt: () => Promise<void>,
): Promise<Refusal[]> {
  try {
    await attempt()
    return []
  } catch (error) {
    // Someone else's write meanwhile is found before the stage begins.
    if (error instanceof ConflictError) return []
    if (!(error instanceof DeployError)) throw error
    // A kind nobody knows yet may come with this very plan (a chart's crds/); helm says so if it does not.
    if (error.exitKind === 'not-found' || isOnlyApplys(error)) return []
    const {exitKind} = error
    if (exitKind !== 'bad-render' && exitKind !== 'forbidden') throw error
    const message = `${environment} would refuse ${kind} ${name}: ${error.message.replace(/^.*?the cluster refuses it: /s, '')}`
    const hint =
      exitKind === 'forbidden'
        ? 'Ask for this permission, or take the object out of the chart.'
        : 'Correct the chart or its values; an immutable field needs the object to be removed first.'
    return [{exitKind, message, hint}]
  }
}

// Two environment variables of one name: apply minds, helm's update does not, and charts have them.
function isOnlyApplys(error: DeployError): boolean {
  return /duplicate entries for key/.test(error.message)
}

function keyOfChange(change: {objectKind: string; namespace: string; name: string}): string {
  return `${change.objectKind}/${change.namespace}/${change.name}`
}
