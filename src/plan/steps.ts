import {releaseKey} from './release-ref.ts'
import {compareImages, runsOf} from '../diff/images.ts'
import {hooksOf} from './hooks.ts'
import type {BegunRelease, EnvironmentFacts, ReleaseFacts} from './facts.ts'
import type {CompareRelease} from './make-plan.ts'
import {repairOf} from './pending.ts'
import type {ReleaseStep} from './plan.ts'
import {watchedIn} from './watched-objects.ts'

/** What has to be done in one environment, in the order in which helmfile does it: what others need comes first. */
export function stepsOf(
  environment: EnvironmentFacts,
  compare: CompareRelease,
  timeoutMs: number | undefined,
): ReleaseStep[] {
  const steps = environment.releases.flatMap(release => {
    if (release.begun?.isWritten) return [verifyStep(release, release.begun, compare, timeoutMs)]
    const changes = compare(release)
    const hookChanges = compare(hooksOnly(release))
    const differs = changes.length + hookChanges.length > 0
    return differs || release.podRestart === 'asked' || mustApplyAgain(release)
      ? [stepOf(release, changes, hookChanges, timeoutMs)]
      : []
  })
  const planned = new Set(steps.map(step => releaseKey(step.release)))
  const needed = new Set(
    environment.releases
      .filter(release => planned.has(releaseKey(release)))
      .flatMap(release => needsOf(release, environment.releases)),
  )
  return byNeeds(steps, environment.releases).map(step => ({
    ...step,
    isHeld: step.isHeld || needed.has(releaseKey(step.release)),
  }))
}

function stepOf(
  release: ReleaseFacts,
  changes: ReleaseStep['changes'],
  hookChanges: ReleaseStep['changes'],
  timeoutMs: number | undefined,
): ReleaseStep {
  const repair = repairOf(release)
  return {
    release: {namespace: release.namespace, name: release.name},
    action: {
      kind: release.deployed === undefined ? 'install' : 'upgrade',
      fromRevision: release.latest?.revision,
    },
    ...(repair === undefined ? {} : {repair}),
    chart: {before: release.deployed?.chart, after: release.chart},
    images: compareImages(
      [...(release.deployed?.objects ?? []), ...(release.deployed?.hooks ?? [])],
      [...release.wanted, ...release.wantedHooks],
    ),
    runs: runsOf(release.deployed?.objects ?? [], release.wanted),
    override: release.versionOverride?.tag,
    ...(release.versionPlace === undefined ? {} : {gitVersion: release.versionPlace.current}),
    given: release.given,
    ridesAlong: release.ridesAlong,
    values: release.values,
    changes,
    // helm upgrades whatever it has a record of, also after a first installation that failed.
    hooks: hooksOf(
      release.deployed?.hooks ?? [],
      release.wantedHooks,
      hookChanges,
      release.latest === undefined || repair?.kind === 'uninstall' ? 'install' : 'upgrade',
    ),
    workloads: watchedIn(release.wanted, release.deployed?.objects ?? [], changes),
    timeoutMs: timeoutMs ?? release.timeoutMs,
    isHeld: release.hasPostHook,
    recreatesPods: release.podRestart !== 'none',
  }
}

// An unfinished run has written it: nothing is changed any more, and all that it changed is still to be judged.
function verifyStep(
  release: ReleaseFacts,
  {before: deployed}: BegunRelease,
  compare: CompareRelease,
  timeoutMs: number | undefined,
): ReleaseStep {
  const fromBefore = {...release, deployed}
  const revision = release.latest?.revision
  return {
    ...stepOf(fromBefore, compare(fromBefore), [], timeoutMs),
    action: {kind: 'verify', fromRevision: revision, toRevision: revision ?? 0},
    changes: [],
    hooks: [],
    recreatesPods: false,
  }
}

function hooksOnly(release: ReleaseFacts): ReleaseFacts {
  const {deployed, wantedHooks: wanted} = release
  return {...release, wanted, deployed: deployed && {...deployed, objects: deployed.hooks}}
}

// After a failed run the text may be equal and the cluster is not (helm-diff issue 1045).
function mustApplyAgain(release: ReleaseFacts): boolean {
  return release.latest === undefined || release.latest.status !== 'deployed'
}

function byNeeds(steps: readonly ReleaseStep[], releases: readonly ReleaseFacts[]): ReleaseStep[] {
  const needs = new Map(releases.map(release => [releaseKey(release), needsOf(release, releases)]))
  const depth = (key: string, seen: readonly string[] = []): number =>
    seen.includes(key)
      ? 0
      : 1 + Math.max(0, ...(needs.get(key) ?? []).map(need => depth(need, [...seen, key])))
  return steps.toSorted((a, b) => depth(releaseKey(a.release)) - depth(releaseKey(b.release)))
}

/** helmfile writes a need as NAME, NAMESPACE/NAME or CONTEXT/NAMESPACE/NAME; a bare name means its own namespace first. */
function needsOf(release: ReleaseFacts, releases: readonly ReleaseFacts[]): string[] {
  return release.needs.flatMap(need => {
    const [name, namespace] = need.split('/').toReversed()
    const fitting = releases.filter(
      one => one.name === name && (namespace === undefined || one.namespace === namespace),
    )
    const nearest = fitting.filter(one => one.namespace === release.namespace)
    return (nearest.length > 0 ? nearest : fitting).map(releaseKey)
  })
}
