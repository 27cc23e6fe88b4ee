import {isSameRelease, releaseKey} from './release-ref.ts'
import type {ObjectChange} from '../diff/changes.ts'
import {imagesIn} from '../diff/images.ts'
import type {EnvironmentFacts, Facts, ReleaseFacts} from './facts.ts'
import {type PlanOptions, refusalsOf, warningsOf} from './guards.ts'
import {findPast, type PastFinding} from './past.ts'
import {pendingRefusals, pendingWarnings} from './pending.ts'
import type {Plan, ReleaseStep, UnchangedRelease} from './plan.ts'
import {orderStages, type Planned, type StageSettings} from './stages.ts'
import {stepsOf} from './steps.ts'

/** The masked differences of one release; given from outside because masking needs a key. */
export type CompareRelease = (release: ReleaseFacts) => readonly ObjectChange[]

/** Decide what will be done, in which order, and how each part is taken back. */
export function makePlan(
  facts: Facts,
  compare: CompareRelease,
  settings: StageSettings,
  options: PlanOptions,
): Plan {
  const planned = facts.environments.map(environment => ({
    environment,
    steps: stepsOf(environment, compare, settings.timeoutMs),
  }))
  const stages = orderStages(planned, settings)
  const findings = planned.flatMap(pastOf)
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
      environment.notInstalledHere.map(({namespace, name, found}) => ({
        environment: environment.name,
        release: {namespace, name},
        found,
      })),
    ),
    refusals: [
      ...refusalsOf(facts, stages, findings, options),
      ...(options.isUnattended ? pendingRefusals(facts, settings.timeoutMs) : []),
    ],
    warnings: [
      ...warningsOf(facts, findings, options),
      ...(options.isUnattended ? [] : pendingWarnings(facts, settings.timeoutMs)),
    ],
    drift: [],
    outside: facts.environments.flatMap(({name, outside}) =>
      outside === undefined ? [] : [{environment: name, files: outside}],
    ),
  }
}

function pastOf({environment, steps}: Planned): PastFinding[] {
  return steps.flatMap(step => {
    const release = environment.releases.find(one => isSameRelease(one, step.release))
    const images = [...new Set(step.images.flatMap(image => image.after ?? []))]
    return release === undefined ? [] : findPast(environment.name, release, images, changesMore(step))
  })
}

// An image's line is told with its version.
function changesMore({chart, changes}: ReleaseStep): boolean {
  if (chart.before !== undefined && chart.before.version !== chart.after.version) return true
  return changes.some(({diff}) => diff.split('\n').some(line => /^[-+]/.test(line) && !IMAGE_LINE.test(line)))
}

const IMAGE_LINE = /^[-+]\s*(?:- )?image:/

function unchangedOf(environment: EnvironmentFacts, steps: readonly ReleaseStep[]): UnchangedRelease[] {
  const changed = new Set(steps.map(step => releaseKey(step.release)))
  return environment.releases.flatMap(release =>
    release.deployed === undefined || changed.has(releaseKey(release))
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
  return [...new Set(imagesIn(release.wanted))]
}
