import type {KubernetesObject} from '../../src/diff/manifests.ts'
import type {EnvironmentFacts, Facts, ReleaseFacts, RevisionFacts, TreeFacts} from '../../src/plan/facts.ts'
import {noDrift} from '../../src/plan/drift.ts'
import type {PlanOptions} from '../../src/plan/guards.ts'
import type {PastRelease} from '../../src/plan/origin.ts'
import type {StageSettings} from '../../src/plan/stages.ts'

export const cleanTree: TreeFacts = {
  root: '/srv/deployment-charts',
  commit: 'a'.repeat(40),
  commitTime: '2026-11-20T10:00:00+00:00',
  branch: 'master',
  state: {kind: 'clean'},
}

export const settings: StageSettings = {
  windowMs: {staging: 10_000, production: 30_000},
  bakeMs: 60_000,
  selectors: [],
  isUnattended: false,
  timeoutMs: undefined,
}

export const attended: PlanOptions = {
  isLocalTreeAllowed: false,
  isOverrideAllowed: false,
  override: 'decide',
  isRetry: false,
  isUnattended: false,
}

export function aDeployment(name: string, image: string): KubernetesObject {
  const body = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace: 'shop'},
    spec: {template: {spec: {containers: [{name: 'app', image}]}}},
  }
  return {apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name, source: undefined, body}
}

export function aRevision(revision: number, objects: readonly KubernetesObject[]): RevisionFacts {
  return {
    revision,
    status: 'deployed',
    chart: {name: 'shop', version: '1.0.0'},
    updatedAt: '2026-11-20T09:00:00Z',
    restores: undefined,
    isServerSideApplied: false,
    objects,
    hooks: [],
  }
}

/** A release whose image goes from v1 to v2; anything else as given. */
export function aRelease(name: string, given: Partial<ReleaseFacts> = {}): ReleaseFacts {
  return {
    namespace: 'shop',
    name,
    chart: {name: 'shop', version: '1.0.0'},
    needs: [],
    hasPostHook: false,
    timeoutMs: 600_000,
    wanted: [aDeployment(`shop-${name}`, 'registry/shop:v2')],
    wantedHooks: [],
    versionOverride: undefined,
    versionPlace: undefined,
    given: [],
    podRestart: 'none',
    past: [],
    ridesAlong: undefined,
    values: undefined,
    drift: noDrift,
    deployed: aRevision(3, [aDeployment(`shop-${name}`, 'registry/shop:v1')]),
    latest: {revision: 3, status: 'deployed'},
    ...given,
  }
}

export function anEnvironment(name: string, releases: readonly ReleaseFacts[]): EnvironmentFacts {
  const environmentClass = name.startsWith('staging') ? 'staging' : 'production'
  return {
    name,
    environmentClass,
    server: `https://${name}:6443`,
    releases,
    notInstalledHere: [],
    outside: undefined,
  }
}

export function facts(environments: readonly EnvironmentFacts[], given: Partial<Facts> = {}): Facts {
  return {service: {group: 'services', name: 'shop'}, tree: cleanTree, environments, skipped: [], ...given}
}

/** A deployment that went well; anything else as given. */
export function aRun(given: Partial<PastRelease> = {}): PastRelease {
  return {
    runId: 'r1',
    kind: 'deploy',
    by: 'alice',
    message: undefined,
    startedAt: '2026-11-20T09:00:00Z',
    commit: undefined,
    outside: undefined,
    isGood: true,
    isRolledBack: false,
    isBegun: true,
    override: null,
    gitVersion: null,
    given: [],
    before: null,
    latestBefore: null,
    after: null,
    restored: null,
    toRevision: null,
    imageOf: null,
    chart: undefined,
    values: undefined,
    images: [],
    ...given,
  }
}
