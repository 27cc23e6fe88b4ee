import {isAsWritten} from '../diff/as-written.ts'
import type {ObjectChange} from '../diff/changes.ts'
import type {FieldOwner} from '../diff/field-owners.ts'
import {type KubernetesObject, objectKey} from '../diff/kubernetes-object.ts'
import {applyMergePatch, createMergePatch} from '../diff/merge-patch.ts'
import type {EnvironmentFacts, Facts, ReleaseFacts, ReleaseRef, RevisionFacts} from './facts.ts'
import type {Plan, ReleaseStep} from './plan.ts'
import {isSameRelease} from './release-ref.ts'

/** What is live of one release and differs from what was deployed. */
export type LiveDrift = {
  objects: readonly DriftedObject[]
  /** Objects that could not be looked at: `Kind name`. */
  unread: readonly string[]
}

export const noDrift: LiveDrift = {objects: [], unread: []}

export type DriftedObject = {
  /** As the deployed revision would have it, with the server's defaults. */
  deployed: KubernetesObject
  /** None when it was deleted. */
  live: KubernetesObject | undefined
  by: readonly FieldOwner[]
}

/** One object that was changed by hand, as the preview tells it. */
export type Drift = {
  environment: string
  release: ReleaseRef
  /** Whose manifest it differs from. */
  revision: number
  /** From what was deployed to what is live, masked. */
  change: ObjectChange
  by: readonly FieldOwner[]
  fate: DriftFate
}

/**
 * `undone`: the deployment puts it back. `removed`: it takes the whole object away. `stays`: helm is not run for the release, or it
 * does not look at the live state of objects whose kind it does not know.
 */
export type DriftFate =
  | {kind: 'undone'}
  | {kind: 'removed'}
  | {kind: 'stays'; why: 'release-unchanged' | 'kind-unknown-to-helm'}

/** Masked differences of one object: masking needs a key, so it is given from outside. */
export type CompareObject = (
  before: KubernetesObject,
  after: KubernetesObject | undefined,
) => readonly ObjectChange[]

/** A plan that tells what was changed by hand in its environments, and what becomes of it. */
export function withDrift(plan: Plan, facts: Facts, compare: CompareObject): Plan {
  const steps = (environment: string) =>
    plan.stages.filter(stage => stage.environment === environment).flatMap(stage => stage.steps)
  return {
    ...plan,
    drift: facts.environments.flatMap(environment => driftIn(environment, steps(environment.name), compare)),
  }
}

/** The facts with what each release is to become, where that is not what was rendered. */
export function becoming(
  facts: Facts,
  objectsOf: (
    environment: EnvironmentFacts,
    release: ReleaseFacts,
  ) => readonly KubernetesObject[] | undefined,
): Facts {
  return {
    ...facts,
    environments: facts.environments.map(environment => ({
      ...environment,
      releases: environment.releases.map(release => ({
        ...release,
        wanted: objectsOf(environment, release) ?? release.wanted,
      })),
    })),
  }
}

function driftIn(
  environment: EnvironmentFacts,
  steps: readonly ReleaseStep[],
  compare: CompareObject,
): Drift[] {
  return environment.releases.flatMap(release => {
    const {deployed} = release
    if (deployed === undefined) return []
    const isPlanned = steps.some(step => isSameRelease(step.release, release))
    return release.drift.objects.flatMap(drifted =>
      compare(drifted.deployed, drifted.live).map(change => ({
        environment: environment.name,
        release: {namespace: release.namespace, name: release.name},
        revision: deployed.revision,
        change,
        by: drifted.by,
        fate: fateOf(drifted, release, deployed, isPlanned),
      })),
    )
  })
}

function fateOf(
  {deployed, live}: DriftedObject,
  {wanted}: ReleaseFacts,
  revision: RevisionFacts,
  isPlanned: boolean,
): DriftFate {
  if (!isPlanned) return {kind: 'stays', why: 'release-unchanged'}
  const key = objectKey(deployed)
  const next = wanted.find(object => objectKey(object) === key)
  if (next === undefined) return {kind: 'removed'}
  if (live === undefined || isKnownToHelm(deployed) || revision.isServerSideApplied) return {kind: 'undone'}
  // helm compares the two manifests only, and sends what differs between them.
  const written = revision.objects.find(object => objectKey(object) === key)
  const after = applyMergePatch(live.body, createMergePatch(written?.body, next.body))
  return isAsWritten(next.body, after) ? {kind: 'undone'} : {kind: 'stays', why: 'kind-unknown-to-helm'}
}

/** Kinds of Kubernetes itself; of others helm knows no fields. */
function isKnownToHelm({apiVersion}: KubernetesObject): boolean {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
  return OWN_GROUPS.has(group)
}

// client-go's scheme, which helm is built with.
const OWN_GROUPS = new Set([
  '',
  'apps',
  'autoscaling',
  'batch',
  'extensions',
  'policy',
  'admissionregistration.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
])
