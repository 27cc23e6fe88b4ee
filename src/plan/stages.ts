import {fallbackOf} from './fallback.ts'
import type {EnvironmentFacts} from './facts.ts'
import type {ReleaseStep, Stage} from './plan.ts'

export type StageSettings = {
  windowMs: {staging: number; production: number}
  bakeMs: number
  /** As typed with -l. */
  selectors: readonly string[]
  /** Nobody is asked between stages. */
  isUnattended: boolean
  /** Overrides helmfile's own timeout. */
  timeoutMs: number | undefined
}

export type Planned = {environment: EnvironmentFacts; steps: readonly ReleaseStep[]}

/** Order: staging; the canaries of every production environment; then their other releases, environment by environment. */
export function orderStages(planned: readonly Planned[], settings: StageSettings): Stage[] {
  const stages = [
    ...planned
      .filter(one => one.environment.environmentClass === 'staging')
      .flatMap(one => stageOf(one, 'whole', settings)),
    ...planned.filter(isProduction).flatMap(one => stageOf(one, 'canary', settings)),
    ...planned
      .filter(isProduction)
      .flatMap(one => stageOf(one, hasCanary(one.steps) ? 'rest' : 'whole', settings)),
  ]
  return settings.isUnattended ? stages : withGates(stages)
}

function stageOf({environment, steps}: Planned, role: Stage['role'], settings: StageSettings): Stage[] {
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
        gate: {
          kind: 'confirm',
          question:
            'The canary is healthy. Go on with the rest of production? (n pauses, and leaves it there)',
        },
      }
    }
    return index > 0 && index === firstProduction
      ? {...stage, gate: {kind: 'confirm', question: `Go on to production, ${stage.name} first? (n pauses)`}}
      : stage
  })
}
