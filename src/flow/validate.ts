import type {Cluster} from '../cluster/client.ts'
import {ConflictError} from '../cluster/faults.ts'
import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import {DeployError} from '../errors.ts'
import {askedObjects, type AskedObject, foreignOwner} from '../plan/asked-objects.ts'
import type {Facts} from '../plan/facts.ts'
import type {Plan, Refusal, Stage} from '../plan/plan.ts'
import type {EnvironmentSite} from './open-environment.ts'

/**
 * Ask every API server whether it would take each object that helm will write, before anything is changed: immutable
 * fields, admission, unknown kinds, and objects that are there already and are not the release's are found here and not
 * halfway (helm's own dry run does not find them). A server-side apply as a dry run validates; it is no preview, since it
 * keeps fields that helm would remove.
 * @returns the plan with what is refused, and a warning for what could not be asked
 */
export async function validatePlan(
  plan: Plan,
  facts: Facts,
  sites: ReadonlyMap<string, EnvironmentSite>,
): Promise<Plan> {
  const answers = await Promise.all(
    plan.stages.map(stage => validateStage(stage, plan, facts, sites.get(stage.environment))),
  )
  const found = answers.flat()
  return {
    ...plan,
    refusals: [...plan.refusals, ...found.flatMap(one => (one.kind === 'refused' ? [one.refusal] : []))],
    warnings: [...plan.warnings, ...found.flatMap(one => (one.kind === 'not-asked' ? [one.why] : []))],
  }
}

type Answer = {kind: 'taken'} | {kind: 'refused'; refusal: Refusal} | {kind: 'not-asked'; why: string}

async function validateStage(
  stage: Stage,
  plan: Plan,
  facts: Facts,
  site: EnvironmentSite | undefined,
): Promise<Answer[]> {
  if (site === undefined) return []
  const asked = askedObjects(stage, plan, facts)
  return Promise.all(asked.map(one => answerTo(one, stage.environment, site.cluster)))
}

async function answerTo(asked: AskedObject, environment: string, cluster: Cluster): Promise<Answer> {
  const {object} = asked
  try {
    if (asked.kind === 'create') await tryCreate(object, cluster)
    else {
      const owner = asked.isNew ? await ownerOf(object, asked.release, cluster) : undefined
      if (owner !== undefined) return foreign(object, environment, owner)
      await tryApply(object, cluster)
    }
    return {kind: 'taken'}
  } catch (error) {
    if (error instanceof ConflictError) return conflict(asked, environment, error)
    if (!(error instanceof DeployError)) throw error
    return faultOf(object, environment, error)
  }
}

async function ownerOf(
  {apiVersion, kind, namespace, name}: KubernetesObject,
  release: {namespace: string; name: string},
  cluster: Cluster,
): Promise<string | undefined> {
  const live = await cluster.get({apiVersion, kind, namespace, name})
  return live === undefined ? undefined : foreignOwner(live, release)
}

async function tryApply(object: KubernetesObject, cluster: Cluster): Promise<void> {
  const {apiVersion, kind, namespace, name} = object
  try {
    await cluster.patch(
      {apiVersion, kind, namespace, name},
      {kind: 'apply', body: bodyOf(object)},
      {dryRun: true, fieldManager: 'helm', force: true, isStrict: true},
    )
  } catch (error) {
    if (!(error instanceof DeployError) || !isOnlyApplys(error)) throw error
    await tryReplace(object, cluster)
  }
}

// Two environment variables of one name: apply minds, helm's update does not, and charts have them.
function isOnlyApplys(error: DeployError): boolean {
  return /duplicate entries for key/.test(error.message)
}

async function tryReplace(object: KubernetesObject, cluster: Cluster): Promise<void> {
  const {apiVersion, kind, namespace, name} = object
  const live = await cluster.get({apiVersion, kind, namespace, name})
  if (live === undefined) return tryCreate(object, cluster)
  const {metadata, ...body} = bodyOf(object)
  const {resourceVersion} = live.metadata
  await cluster.replace(
    {...body, apiVersion, kind, metadata: {...metadata, name, ...(resourceVersion ? {resourceVersion} : {})}},
    {dryRun: true, fieldManager: 'helm', isStrict: true},
  )
}

async function tryCreate(object: KubernetesObject, cluster: Cluster): Promise<void> {
  const {apiVersion, kind} = object
  const created = {...bodyOf(object), apiVersion, kind}
  await cluster.create(created, {dryRun: true, fieldManager: 'helm', isStrict: true})
}

function bodyOf({body, namespace}: KubernetesObject) {
  return {...body, metadata: {...body.metadata, namespace}}
}

/** A hook that is still there is found only after everything else. Someone else's write meanwhile is found before the stage begins. */
function conflict(asked: AskedObject, environment: string, error: ConflictError): Answer {
  const {kind, name} = asked.object
  if (asked.kind === 'apply' || asked.clears || error.reason !== 'already-exists') return {kind: 'taken'}
  return refused(
    `${environment} would refuse the hook ${kind} ${name}: it is there from last time, and its delete policy leaves it there.`,
    `Remove it (kubectl delete ${kind.toLowerCase()} ${name}), or add before-hook-creation to its helm.sh/hook-delete-policy.`,
  )
}

function foreign({kind, name, namespace}: KubernetesObject, environment: string, owner: string): Answer {
  return refused(
    `helm would refuse ${kind} ${name} in ${environment}: it is there already, and ${owner}.`,
    `Remove it (kubectl delete ${kind.toLowerCase()} ${name} -n ${namespace}), or give it to the release, as helm's own message about ownership metadata says.`,
  )
}

function refused(message: string, hint: string, exitKind: Refusal['exitKind'] = 'bad-render'): Answer {
  return {kind: 'refused', refusal: {exitKind, message, hint}}
}

function faultOf(
  {kind, name, apiVersion}: KubernetesObject,
  environment: string,
  error: DeployError,
): Answer {
  const {exitKind} = error
  // It may come with this very plan (a chart's crds/); helm says so if it does not.
  if (exitKind === 'not-found') {
    const why = `${environment} was not asked about ${kind} ${name}: it does not know ${kind} of ${apiVersion} yet.`
    return {kind: 'not-asked', why}
  }
  if (exitKind !== 'bad-render' && exitKind !== 'forbidden') throw error
  return refused(
    `${environment} would refuse ${kind} ${name}: ${error.message.replace(/^.*?the cluster refuses it: /s, '')}`,
    exitKind === 'forbidden'
      ? 'Ask for this permission, or take the object out of the chart.'
      : 'Correct the chart or its values; an immutable field needs the object to be removed first.',
    exitKind,
  )
}
