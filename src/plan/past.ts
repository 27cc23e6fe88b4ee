import {imagesIn} from '../diff/images.ts'
import {fullTag, splitImage} from '../version/tag.ts'
import type {ReleaseFacts, RevisionFacts} from './facts.ts'
import {notGivenNow} from './given.ts'
import {isGoingBack, originOf, type PastRelease, type WentBack} from './origin.ts'

/** What runs and git did not hold when it was put there. */
export type LiveOverride = {
  /** As `--version` takes it. */
  tag: string
  how:
    | {kind: 'deployed'; run: PastRelease}
    /** Somebody went back to it: git went on naming what was left. */
    | {kind: 'went-back'; wentBack: WentBack}
}

/** None when the version that runs was git's own at the time, or when nothing is known of it. */
export function liveOverride(
  past: readonly PastRelease[],
  deployed: RevisionFacts | undefined,
): LiveOverride | undefined {
  if (deployed === undefined) return undefined
  const {made, wentBack} = liveOrigin(past, deployed)
  if (made?.override != null) return {tag: made.override, how: madeBy(made, past)}
  if (wentBack === undefined || !leavesGit(wentBack, deployed)) return undefined
  const tag = versionOf(deployed)
  return tag === undefined ? undefined : {tag, how: {kind: 'went-back', wentBack}}
}

function madeBy(run: PastRelease, past: readonly PastRelease[]): LiveOverride['how'] {
  if (run.imageOf === null) return {kind: 'deployed', run}
  return {kind: 'went-back', wentBack: {run, left: leftBy(run, past.slice(past.indexOf(run) + 1))}}
}

/**
 * That somebody went back to what runs, chart or configuration, from what git holds still: it would bring that very one again. None
 * where what was left was given beside git, and where git has gone on since.
 */
export function wentBackFromGit(
  release: Pick<ReleaseFacts, 'deployed' | 'chart' | 'values'>,
  past: readonly PastRelease[],
): WentBack | undefined {
  const wentBack = release.deployed && liveOrigin(past, release.deployed).wentBack
  if (wentBack?.left === undefined || !isHeldByGit(wentBack.left, release)) return undefined
  const {override, given} = wentBack.left
  return override === null && given.length === 0 ? wentBack : undefined
}

function isHeldByGit(
  left: PastRelease,
  release: Pick<ReleaseFacts, 'deployed' | 'chart' | 'values'>,
): boolean {
  const chart = newChartOf(release)
  const isChart = chart !== undefined && chart === left.chart
  return isChart || (release.values !== undefined && release.values === left.values)
}

/** Where what runs now comes from. */
export function liveOrigin(past: readonly PastRelease[], deployed: RevisionFacts) {
  return originOf(past, {...deployed, images: imagesIn(deployed.objects)})
}

// Who goes back from a version that git did not hold is with git again; who goes back to the same version only changes its configuration.
function leavesGit({run, left}: WentBack, deployed: RevisionFacts): boolean {
  if (run?.gitVersion != null) return run.gitVersion !== versionOf(deployed)
  if (run !== undefined && run.images.length === 0) return false
  if (left === undefined) return true
  const live = new Set(imagesIn(deployed.objects))
  return left.override === null && left.images.some(image => !live.has(image))
}

/** The version people mean by a release. */
export function versionOf({mainImage, objects}: RevisionFacts): string | undefined {
  const image = mainImage ?? imagesIn(objects)[0]
  if (image === undefined) return undefined
  return fullTag(image) || undefined
}

export type RolledBack = {run: PastRelease; how: 'failed' | 'asked'}

/** The run that put these very images back here, because they were bad or because somebody asked; none when they ran well since. */
export function rolledBackRun(
  past: readonly PastRelease[],
  images: readonly string[],
): RolledBack | undefined {
  if (images.length === 0) return undefined
  const wanted = images.toSorted().join(' ')
  const isWanted = (run: PastRelease | undefined) => run?.images.toSorted().join(' ') === wanted
  for (const [index, run] of past.entries()) {
    if (isWanted(run)) return run.isRolledBack ? {run, how: 'failed'} : undefined
    if (isGoingBack(run) && run.isGood && isWanted(leftBy(run, past.slice(index + 1))))
      return {run, how: 'asked'}
  }
  return undefined
}

/** Whether the newest that is known of an image here is that it was put back. */
export function isKnownBad(past: readonly PastRelease[], image: string): boolean {
  for (const [index, run] of past.entries()) {
    const isOwn = run.images.includes(image)
    if (isOwn && (run.isRolledBack || run.isGood)) return run.isRolledBack
    const isLeft = isGoingBack(run) && leftBy(run, past.slice(index + 1))?.images.includes(image)
    if (isLeft) return true
  }
  return false
}

function leftBy(run: PastRelease, earlier: readonly PastRelease[]): PastRelease | undefined {
  return run.before === null ? undefined : originOf(earlier, {revision: run.before, restores: undefined}).made
}

export type PastFinding =
  | {
      kind: 'override-taken-back'
      environment: string
      release: string
      override: LiveOverride
      /** The versions that would be deployed. */
      newTags: readonly string[]
    }
  | {kind: 'values-taken-back'; environment: string; release: string; given: readonly string[]}
  | {kind: 'rolled-back-before'; environment: string; release: string; before: RolledBack}
  /** Chart or configuration that somebody went back from. */
  | {
      kind: 'rollback-taken-back'
      environment: string
      release: string
      wentBack: WentBack
      newChart: string | undefined
    }

/**
 * What a person is told, and a run that nobody watches is stopped by, unless its flags decide.
 * @param changesMore whether something beside images changes
 */
export function findPast(
  environment: string,
  release: ReleaseFacts,
  newImages: readonly string[],
  changesMore: boolean,
): PastFinding[] {
  const about = {environment, release: release.name}
  const lost = lostValues(release)
  const before = rolledBackRun(release.past, newImages)
  const override = lostOverride(release, newImages)
  // Who went back from a version, and now would get it again, is told so once.
  const isSaid = override?.how.kind === 'went-back' && override.how.wentBack.run === before?.run
  const isTold = before?.how === 'asked' || override?.how.kind === 'went-back'
  const wentBack = changesMore && !isTold ? wentBackFromGit(release, release.past) : undefined
  return [
    ...(override === undefined || (isSaid && before !== undefined)
      ? []
      : [
          {
            kind: 'override-taken-back' as const,
            ...about,
            override,
            newTags: [...new Set(newImages.flatMap(image => splitImage(image).tag ?? []))],
          },
        ]),
    ...(lost.length === 0 ? [] : [{kind: 'values-taken-back' as const, ...about, given: lost}]),
    ...(before === undefined ? [] : [{kind: 'rolled-back-before' as const, ...about, before}]),
    ...(wentBack === undefined
      ? []
      : [{kind: 'rollback-taken-back' as const, ...about, wentBack, newChart: newChartOf(release)}]),
  ]
}

function newChartOf({chart, deployed}: Pick<ReleaseFacts, 'deployed' | 'chart'>): string | undefined {
  const {name, version} = deployed?.chart ?? chart
  return name === chart.name && version === chart.version ? undefined : `${chart.name}-${chart.version}`
}

// Who names a version has decided, and so has who keeps the one that runs. What git held meanwhile is nothing beside it.
function lostOverride(
  {past, deployed, versionPlace, isHeldSince = false}: ReleaseFacts,
  newImages: readonly string[],
): LiveOverride | undefined {
  return versionPlace === undefined && newImages.length > 0 && !isHeldSince
    ? liveOverride(past, deployed)
    : undefined
}

// What was given to the run that made the live revision, and is not given now.
function lostValues({past, deployed, given, lost}: ReleaseFacts): readonly string[] {
  if (lost !== undefined) return lost
  const made = deployed && liveOrigin(past, deployed).made
  return notGivenNow(made?.given ?? [], given)
}
