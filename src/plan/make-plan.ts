import type {ObjectChange} from '../diff/changes.ts'
import {imagesOf} from '../diff/images.ts'
import {fallbackOf} from './fallback.ts'
import type {EnvironmentFacts, Facts, ReleaseFacts} from './facts.ts'
import {refusalsOf, warningsOf, type PlanOptions} from './guards.ts'
import type {Plan, ReleaseStep, Stage, UnchangedRelease} from './plan.ts'
import {stepsOf} from './steps.ts'

export type PlanSettings = {
  windowMs: {staging: number; production: number}
  bakeMs: number
  /** As typed with -l. */
  selectors: readonly string[]
  /** Overrides helmfile's own timeout. */
  timeoutMs: number | undefined
}

/** The masked differences of one release; given from outside because masking needs a key. */
export type CompareRelease = (release: ReleaseFacts) => readonly ObjectChange[]

/**
 * Decide what will be done, in which order, and how each part is taken back.
 * Order: staging; the canaries of every production environment; then their other releases, environment by environment.
 */
export function makePlan(
  facts: Facts,
  compare: CompareRelease,
  settings: PlanSettings,
  options: PlanOptions,
): Plan {
  const planned = facts.environments.map(environment => ({
    environment,
    steps: stepsOf(environment, compare, settings.timeoutMs),
  }))
  const stages = withGates([
    ...planned
      .filter(one => one.environment.environmentClass === 'staging')
      .flatMap(one => stageOf(one, 'whole', settings)),
    ...planned.filter(isProduction).flatMap(one => stageOf(one, 'canary', settings)),
    ...planned
      .filter(isProduction)
      .flatMap(one => stageOf(one, hasCanary(one.steps) ? 'rest' : 'whole', settings)),
  ])

  return {
    schema: 1,
    kind: 'deploy',
    service: facts.service,
    tree: facts.tree,
    stages,
    unchanged: planned
      .map(({environment, steps}) => ({
        environment: environment.name,
        releases: unchangedOf(environment, steps),
      }))
      .filter(one => one.releases.length > 0),
    skipped: facts.skipped,
    notInstalledHere: facts.environments.flatMap(environment =>
      environment.notInstalledHere.map(release => ({environment: environment.name, release})),
    ),
    refusals: refusalsOf(facts, stages, options),
    warnings: warningsOf(facts),
  }
}

type Planned = {environment: EnvironmentFacts; steps: readonly ReleaseStep[]}

function stageOf({environment, steps}: Planned, role: Stage['role'], settings: PlanSettings): Stage[] {
  const chosen =
    role === 'whole' ? steps : steps.filter(step => isCanary(step.release.name) === (role === 'canary'))
  if (chosen.length === 0) return []
  return [
    {
      name: role === 'canary' ? `${environment.name} canary` : environment.name,
      environment: environment.name,
      environmentClass: environment.environmentClass,
      server: environment.server,
      role,
      selectors: role === 'canary' ? chosen.map(step => `name=${step.release.name}`) : settings.selectors,
      steps: chosen,
      windowMs: role === 'canary' ? settings.bakeMs : settings.windowMs[environment.environmentClass],
      gate: {kind: 'none'},
      fallback: fallbackOf(chosen, environment.releases),
    },
  ]
}

/** Releases named `canary` or ending in `-canary` go first in production. */
export function isCanary(releaseName: string): boolean {
  return releaseName === 'canary' || releaseName.endsWith('-canary')
}

function hasCanary(steps: readonly ReleaseStep[]): boolean {
  return steps.some(step => isCanary(step.release.name))
}

function isProduction(planned: Planned): boolean {
  return planned.environment.environmentClass === 'production'
}

// Asked again before the first production environment, and after the last canary.
function withGates(stages: readonly Stage[]): Stage[] {
  const firstProduction = stages.findIndex(stage => stage.environmentClass === 'production')
  const afterCanary = stages.findLastIndex(stage => stage.role === 'canary') + 1
  return stages.map((stage, index) => {
    if (index > 0 && index === afterCanary && stages[index - 1]?.role === 'canary') {
      return {
        ...stage,
        gate: {kind: 'confirm', question: 'The canary is healthy. Go on with the rest of production?'},
      }
    }
    return index > 0 && index === firstProduction
      ? {...stage, gate: {kind: 'confirm', question: `Go on to production, ${stage.name} first?`}}
      : stage
  })
}

function unchangedOf(environment: EnvironmentFacts, steps: readonly ReleaseStep[]): UnchangedRelease[] {
  const changed = new Set(steps.map(step => step.release.name))
  return environment.releases.flatMap(release =>
    release.deployed === undefined || changed.has(release.name)
      ? []
      : [
          {
            namespace: release.namespace,
            name: release.name,
            revision: release.deployed.revision,
            images: imagesOfRelease(release),
          },
        ],
  )
}

function imagesOfRelease(release: ReleaseFacts): string[] {
  return [...new Set(release.wanted.flatMap(object => imagesOf(object).map(({image}) => image)))]
}
