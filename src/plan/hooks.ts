import type {ObjectChange} from '../diff/changes.ts'
import {type KubernetesObject, objectKey} from '../diff/kubernetes-object.ts'
import type {WorkloadRef} from '../rollout/verdict.ts'
import type {ReleaseRef, RevisionFacts} from './facts.ts'
import type {ReleaseStep, StepAction} from './plan.ts'

/** A hook of the chart, such as a Job that migrates a database: helm runs it beside the release's own objects. */
export type HookStep = {
  objectKind: string
  namespace: string
  name: string
  /** As the chart says: `pre-upgrade`, `post-install`, `test` … */
  when: readonly string[]
  /** Those of `when` at which this deployment runs it; none when it only differs. */
  runs: readonly string[]
  /** How it differs from the hook that helm holds, masked. */
  change: ObjectChange | undefined
}

type ActionKind = StepAction['kind']

/** The hooks of a release that will run, or that differ from those that helm holds. */
export function hooksOf(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  changes: readonly ObjectChange[],
  action: ActionKind,
): HookStep[] {
  const kept = new Set(after.map(objectKey))
  const gone = before.filter(hook => !kept.has(objectKey(hook)))
  return [...after, ...gone].flatMap(hook => {
    const {kind: objectKind, namespace, name} = hook
    const when = eventsOf(hook)
    const runs = gone.includes(hook) ? [] : when.filter(event => EVENTS[action].includes(event))
    const change = changes.find(
      one => one.objectKind === objectKind && one.namespace === namespace && one.name === name,
    )
    if (runs.length === 0 && change === undefined) return []
    // Its pods are its own: no other ones are restarted.
    return [{objectKind, namespace, name, when, runs, change: change && {...change, restartsPods: false}}]
  })
}

/** Those that helm waits for when it runs them. */
export function awaitedHooks({
  hooks,
  release,
}: {
  hooks: readonly HookStep[]
  release: ReleaseRef
}): WorkloadRef[] {
  return hooks
    .filter(hook => hook.runs.length > 0 && isProgram(hook.objectKind))
    .filter(({namespace}) => namespace === release.namespace)
    .map(({objectKind: kind, namespace, name}) => ({kind, namespace, name}))
}

/** Jobs and Pods that helm ran when it wrote a revision; one that was made by going back ran none of them. */
export function ranHooks({hooks, revision, restores}: RevisionFacts): string[] {
  if (restores !== undefined) return []
  const events = EVENTS[revision === 1 ? 'install' : 'upgrade']
  return hooks
    .filter(hook => isProgram(hook.kind) && eventsOf(hook).some(event => events.includes(event)))
    .map(({kind, name}) => `${kind} ${name}`)
}

/** Of the hooks that a step forward runs, those that come before its objects. */
export function ranBefore({action, hooks}: Pick<ReleaseStep, 'action' | 'hooks'>): string[] {
  if (action.kind !== 'install' && action.kind !== 'upgrade') return []
  return hooks
    .filter(({objectKind, runs}) => isProgram(objectKind) && runs.some(event => event.startsWith('pre-')))
    .map(({objectKind, name}) => `${objectKind} ${name}`)
}

/**
 * What going back leaves as it is: a migration, for instance.
 * @param certainty whether helm is known to have got past them
 */
export function ranTexts(
  environment: string,
  release: string,
  ran: readonly string[],
  certainty: 'has-run' | 'may-have-run',
): string[] {
  if (ran.length === 0) return []
  const verb = certainty === 'may-have-run' ? 'may have' : ran.length === 1 ? 'has' : 'have'
  return [
    `${environment}: the hook ${ran.join(', ')} of ${release} ${verb} run for the version that goes; what it did is not undone.`,
  ]
}

function isProgram(kind: string): boolean {
  return kind === 'Job' || kind === 'Pod'
}

/** helm's own list, by what it does with the release. Source: helm.sh/helm/v3/pkg/release/hook.go. */
const EVENTS: Readonly<Record<ActionKind, readonly string[]>> = {
  install: ['pre-install', 'post-install'],
  upgrade: ['pre-upgrade', 'post-upgrade'],
  rollback: ['pre-rollback', 'post-rollback'],
  uninstall: ['pre-delete', 'post-delete'],
  verify: [],
}

function eventsOf({body}: KubernetesObject): string[] {
  const written = String(body.metadata?.annotations?.['helm.sh/hook'] ?? '')
  return written
    .split(',')
    .map(event => event.trim().toLowerCase())
    .filter(Boolean)
}
