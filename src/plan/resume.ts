import {imagesIn} from '../diff/images.ts'
import type {BegunRelease, EnvironmentFacts, Facts, ReleaseFacts} from './facts.ts'
import type {VersionRequest} from './intent.ts'
import type {Plan} from './plan.ts'
import {doneStages, isDone, isWritten} from './done-stages.ts'
import {isSameRelease, releaseKey} from './release-ref.ts'
import {
  standingLines,
  standingOf,
  type UnfinishedEnvironment,
  type UnfinishedRelease,
  type UnfinishedRun,
} from './unfinished.ts'

/** Why a run cannot be gone on with, whatever the charts repository holds; none when it can. */
export function whyNotResumed(run: UnfinishedRun): string | undefined {
  if (run.unrecorded.length > 0) {
    const where = run.unrecorded.join(', ')
    return `nothing of it is recorded in ${where}: it was killed before it began, or another run has ended there since`
  }
  const backwards = run.environments.find(({stages}) =>
    stages.some(({state}) => state === 'going-back' || state === 'back'),
  )
  if (backwards !== undefined) return `it was going back already in ${backwards.name}`
  const foreign = run.environments.flatMap(({name, releases}) =>
    releases.filter(one => standingOf(one) === 'foreign').map(one => `${name} ${one.name}`),
  )
  return foreign.length === 0 ? undefined : `someone else has changed ${foreign.join(', ')} since`
}

/** Which version the run was asked for, or found out, so that every release gets the one it was to get. */
export function resumedVersion({request, environments}: UnfinishedRun): VersionRequest {
  if (request.version.kind !== 'from-git') return request.version
  const kept = environments.map(({name, releases}) => {
    const tags = releases.flatMap(release =>
      release.planned.override === undefined
        ? []
        : [[releaseKey(release), release.planned.override] as const],
    )
    return [name, Object.fromEntries(tags)] as const
  })
  return {kind: 'by-environment', tags: Object.fromEntries(kept)}
}

/** Where the recorded commit does not render what the run was to write, in words. */
export function whatDiffers(run: UnfinishedRun, facts: Facts): string[] {
  return run.environments.flatMap(environment => {
    const found = facts.environments.find(({name}) => name === environment.name)
    if (found === undefined) return []
    return environment.releases.flatMap(release => {
      const why = differenceOf(release, environment, found)
      return why === undefined ? [] : [`${environment.name} ${release.name}: ${why}`]
    })
  })
}

function differenceOf(
  recorded: UnfinishedRelease,
  environment: UnfinishedEnvironment,
  {releases, outside}: EnvironmentFacts,
): string | undefined {
  const found = releases.find(one => isSameRelease(one, recorded))
  if (found === undefined) return 'it is not there any more'
  const {chart, images, values} = recorded.planned
  const foundChart = `${found.chart.name}-${found.chart.version}`
  if (chart !== undefined && chart !== foundChart) return `its chart is ${foundChart}, not ${chart}`
  const rendered = imagesIn([...found.wanted, ...found.wantedHooks])
  const missing = images.filter(image => !rendered.includes(image))
  if (missing.length > 0) return `it is not given ${missing.join(', ')} any more`
  // Digests of another key cannot be compared.
  const isComparable = values !== undefined && environment.outside?.key === outside?.key
  if (!isComparable || values === found.values) return undefined
  const files = changedFiles(environment, outside)
  return `its values are others now${files.length === 0 ? '' : ` (${files.join(', ')})`}`
}

function changedFiles({outside: before}: UnfinishedEnvironment, now: EnvironmentFacts['outside']): string[] {
  const known = new Map(before?.files.map(({path, digest}) => [path, digest]))
  return (now?.files ?? []).filter(({path, digest}) => known.get(path) !== digest).map(({path}) => path)
}

/** The facts with nothing but what is left to do, and with what the run recorded of it. */
export function factsLeft(facts: Facts, run: UnfinishedRun): Facts {
  return {
    ...facts,
    environments: facts.environments.map(environment => {
      const recorded = run.environments.find(({name}) => name === environment.name)
      return {
        ...environment,
        releases: environment.releases.flatMap(release => releaseLeft(release, recorded)),
      }
    }),
  }
}

function releaseLeft(release: ReleaseFacts, environment: UnfinishedEnvironment | undefined): ReleaseFacts[] {
  const recorded = environment?.releases.find(one => isSameRelease(one, release))
  if (environment === undefined || recorded === undefined) return []
  return isDone(recorded, environment) ? [] : [{...release, begun: begunOf(recorded)}]
}

function begunOf(recorded: UnfinishedRelease): BegunRelease {
  const {before, latestBefore} = recorded
  return {
    before: before.kind === 'kept' ? before.facts : undefined,
    isFirst: before.kind === 'none' && latestBefore === undefined,
    isWritten: isWritten(recorded),
  }
}

/** The plan of what is left, as the plan of the whole run. */
export function resuming(plan: Plan, run: UnfinishedRun): Plan {
  const digests = new Map(
    run.environments.flatMap(({releases}) =>
      releases.flatMap(({planned}) => Object.entries(planned.digests)),
    ),
  )
  const moved = plan.stages
    .flatMap(({steps}) => steps.flatMap(({images}) => images))
    .find(({after, digest}) => digest !== undefined && (digests.get(after ?? '') ?? digest) !== digest)
  const isOfImages = run.environments.some(({releases}) =>
    releases.some(({planned}) => planned.imageOf !== undefined),
  )
  return {
    ...plan,
    ...(isOfImages ? {kind: 'image-rollback' as const} : {}),
    finishes: {runId: run.runId, standing: standingLines(run)},
    done: doneStages(run),
    warnings: [
      ...plan.warnings,
      ...run.unread.map(
        name => `${name} cannot be reached from here: what the run was to do there stays undone.`,
      ),
    ],
    refusals: [
      ...plan.refusals,
      ...(moved === undefined
        ? []
        : [
            {
              exitKind: 'declined' as const,
              message: `${moved.after} is another image now than when the run began: its tag was moved.`,
              hint: `deploy abort ${plan.service.name} undoes the run.`,
            },
          ]),
    ],
  }
}
