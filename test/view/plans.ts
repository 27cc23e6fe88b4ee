import {compareObjects} from '../../src/diff/changes.ts'
import {compareImages, workloadsOf} from '../../src/diff/images.ts'
import type {KubernetesObject} from '../../src/diff/manifests.ts'
import type {TreeFacts} from '../../src/plan/facts.ts'
import type {Plan, ReleaseStep, Stage} from '../../src/plan/plan.ts'
import {aWorkload, anObject} from '../diff/objects.ts'

export const OLD = '2024-05-01-120000-production'
export const NEW = '2024-06-11-093000-production'
/** Twelve minutes after the commit of `aTree`. */
export const NOW_MS = Date.parse('2024-06-11T10:12:30Z')

export function aPlan(more: Partial<Plan> = {}): Plan {
  return {
    schema: 1,
    kind: 'deploy',
    service: {group: 'services', name: 'citoid'},
    tree: aTree(),
    stages: [],
    unchanged: [],
    skipped: [],
    notInstalledHere: [],
    refusals: [],
    warnings: [],
    drift: [],
    outside: [],
    ...more,
  }
}

export function aTree(more: Partial<TreeFacts> = {}): TreeFacts {
  return {
    root: '/srv/deployment-charts',
    commit: '3f2c1ab4d5e6f708192a3b4c5d6e7f8091a2b3c4',
    commitTime: '2024-06-11T10:00:00Z',
    branch: 'main',
    state: {kind: 'clean'},
    ...more,
  }
}

export function aStage(name: string, steps: readonly ReleaseStep[], more: Partial<Stage> = {}): Stage {
  const environment = name.split(' ')[0] ?? name
  return {
    name,
    environment,
    environmentClass: environment === 'staging' ? 'staging' : 'production',
    server: `https://k8s.${environment}.example:6443`,
    role: 'whole',
    selectors: [],
    steps,
    windowMs: environment === 'staging' ? 10_000 : 30_000,
    gate: {kind: 'none'},
    fallback: steps.map(step => ({
      kind: 'rollback',
      release: step.release,
      toRevision: 12,
      workloads: step.workloads,
      timeoutMs: 600_000,
    })),
    ...more,
  }
}

/** An upgrade of a release from one set of objects to another. */
export function aStep(
  name: string,
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  more: Partial<ReleaseStep> = {},
): ReleaseStep {
  const chart = {name: 'citoid', version: '0.4.2'}
  return {
    release: {namespace: 'citoid', name},
    action: {kind: 'upgrade', fromRevision: 12},
    chart: {before: chart, after: chart},
    images: compareImages(before, after),
    changes: compareObjects(before, after, {contextLines: 3}),
    workloads: workloadsOf(after),
    timeoutMs: 600_000,
    override: undefined,
    hooks: [],
    given: [],
    ridesAlong: undefined,
    values: undefined,
    isHeld: false,
    recreatesPods: false,
    ...more,
  }
}

export type Version = {tag?: string; logLevel?: string; replicas?: number; env?: Record<string, string>}

/** What the citoid chart renders for one release. */
export function citoid(
  release: string,
  {tag = OLD, logLevel = 'info', replicas = 2, env = {}}: Version = {},
): KubernetesObject[] {
  const name = `citoid-${release}`
  const labels = {app: 'citoid', release}
  const image = `docker-registry.discovery.wmnet/wikimedia/mediawiki-services-citoid:${tag}`
  const variables = Object.entries({SERVICE_IDENTIFIER: name, ...env}).map(([key, value]) => ({
    name: key,
    value,
  }))
  const container = {name, image, ports: [{containerPort: 1970}], env: variables}
  const deployment = aWorkload(
    'Deployment',
    {containers: [container]},
    {replicas, selector: {matchLabels: labels}},
  )
  const configMap = anObject('ConfigMap', {
    data: {'config.yaml': `log_level: ${logLevel}\nport: 1970\nworkers: 4\n`},
  })
  return [deployment, configMap].map(object =>
    named(object, object.kind === 'ConfigMap' ? `${name}-config` : name),
  )
}

export function named(object: KubernetesObject, name: string): KubernetesObject {
  return {...object, name, body: {...object.body, metadata: {...object.body.metadata, name}}}
}

/** The common case: a new version to staging, the canary, then the rest. */
export function aVersionChange(): Plan {
  const step = (release: string) => aStep(release, citoid(release), citoid(release, {tag: NEW}))
  return aPlan({
    stages: [
      aStage('staging', [step('main')]),
      aStage('eqiad canary', [step('canary')], {
        role: 'canary',
        windowMs: 60_000,
        gate: {kind: 'confirm', question: 'Go on to production, eqiad canary first?'},
      }),
      aStage('eqiad', [step('main')], {role: 'rest', gate: {kind: 'confirm', question: 'Go on?'}}),
    ],
    notInstalledHere: [
      {environment: 'staging', release: {namespace: 'citoid', name: 'canary'}, found: 'installed'},
      {environment: 'staging', release: {namespace: 'citoid', name: 'next'}, found: 'nothing'},
    ],
    skipped: [
      {
        environment: 'codfw',
        environmentClass: 'production',
        reason: 'no kubeconfig /etc/kubernetes/citoid-deploy-codfw.config here',
      },
    ],
  })
}
