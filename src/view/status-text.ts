import {imageName, shortImage, tagOf} from '../diff/images.ts'
import type {ImageChange} from '../plan/plan.ts'
import {frozenText} from '../plan/frozen.ts'
import {notAsInGit} from '../plan/not-as-in-git.ts'
import type {OverrideFrom, ReleaseStatus, ServiceStatus} from '../plan/status.ts'
import {unfinishedText} from '../plan/unfinished.ts'
import {inColumns} from './columns.ts'
import {hanging, printable} from './layout.ts'

/** With what git says, where that was asked for. */
type ShownRelease = ReleaseStatus & {git?: ShownGitState}

type ShownGitState =
  | {kind: 'as-in-git'}
  | {kind: 'differs'; images: readonly ImageChange[]; chart: string | undefined; changedObjects: number}
  | {kind: 'never-deployed'}

/** A table of what runs where: environment, release, image, age, who. Columns are as wide as they need to be. */
export function statusText(services: readonly ServiceStatus[], nowMs: number, width = Infinity): string {
  return services
    .map(
      service =>
        `${service.service}\n${unfinishedLines(service, width)}${lockedLines(service, width)}${troubleLines(service, width)}${tableOf(service, nowMs, width)}`,
    )
    .join('\n')
}

/** The same of what is not as in git, and how many services are. */
export function pendingText(services: readonly ServiceStatus[], nowMs: number, width = Infinity): string {
  const {services: shown, asInGit} = notAsInGit(services)
  const others = asInGit === 1 ? '1 service is as in git' : `${asInGit} services are as in git`
  if (asInGit === 0) return statusText(shown, nowMs, width)
  return shown.length === 0 ? `${others}.\n` : `${statusText(shown, nowMs, width)}\n${others}.\n`
}

function unfinishedLines({service, unfinished = []}: ServiceStatus, width: number): string {
  const name = service.split('/').at(-1)
  return unfinished
    .map(run => {
      const next = `deploy resume ${name} goes on with it, deploy abort ${name} undoes it.`
      const text = `${unfinishedText(run)}${run.state === 'working' ? '' : ` ${next}`}`
      return `${hanging('  ! ', text, width)}\n`
    })
    .join('')
}

function lockedLines({service, locked = []}: ServiceStatus, width: number): string {
  const name = service.split('/').at(-1) ?? service
  return locked.map(one => `${hanging('  ! ', printable(frozenText(one, name)), width)}\n`).join('')
}

function troubleLines({service, environments}: ServiceStatus, width: number): string {
  const name = service.split('/').at(-1)
  return environments
    .flatMap(environment =>
      environment.releases.flatMap(({name: release, health}) =>
        (health?.troubles ?? []).map(({message, state, workload}) => {
          const next =
            state === 'progressing' ? '' : `; deploy logs ${name} -e ${environment.name} shows more`
          const what = printable(message).replaceAll('\n', ' ')
          return `${hanging('  ! ', `${environment.name} ${release}: ${workload}: ${what}${next}`, width)}\n`
        }),
      ),
    )
    .join('')
}

function tableOf(service: ServiceStatus, nowMs: number, width: number): string {
  const rows = service.environments.flatMap(environment => {
    if (environment.problem !== undefined) return [[environment.name, '', printable(environment.problem)]]
    if (environment.releases.length === 0) return [[environment.name, '', 'nothing is installed']]
    return environment.releases.map((release: ShownRelease, index) => [
      index === 0 ? environment.name : '',
      release.name,
      whatRuns(release),
      release.since === undefined ? '' : ageText(nowMs - Date.parse(release.since)),
      release.by ?? '',
      [
        ...(release.git === undefined ? [] : [gitText(release.git)]),
        ...healthText(release),
        ...notesOf(release),
      ].join('; '),
    ])
  })
  return inColumns(rows, {width, lead: '  ', under: 2})
    .map(line => `${line}\n`)
    .join('')
}

function whatRuns({images, mainImage, chart, status}: ReleaseStatus): string {
  if (status === 'not-installed') return 'not installed'
  const image = mainImage ?? images[0]
  const others = images.length > 1 ? ` and ${images.length - 1} more` : ''
  const what = image === undefined ? (chart ?? 'nothing') : `${shortImage(image)}${others}`
  return status === 'deployed' ? what : `${what} (${status})`
}

/** `1 of 2 ready, crash loop`; nothing where all are ready. */
function healthText({health}: ReleaseStatus): string[] {
  const [worst] = health?.troubles ?? []
  if (health === undefined || worst === undefined) return []
  const why = worst.reason === undefined ? '' : `, ${worst.reason.replaceAll('-', ' ')}`
  return [`${health.ready} of ${health.wanted} ready${why}`]
}

/** What one has to know before deploying here: git and the cluster disagree, or will. */
function notesOf(release: ShownRelease): string[] {
  const {override, overrideFrom, wentBack, given, rolledBack, changedByHand = [], commitsAhead, git} = release
  const tried = (rolledBack?.images ?? []).map(tagOf).join(', ')
  const back = rolledBack === undefined ? [] : [`put back: ${tried || 'what was tried'} failed`]
  const drift = changedByHand.length === 0 ? [] : [`changed by hand: ${changedByHand.join(', ')}`]
  // Git was asked, and holds what was once deployed beside it.
  if (git?.kind === 'as-in-git') return [...back, ...drift]
  return [
    ...(override === undefined ? [] : [`override: ${overrideText(overrideFrom)}`]),
    ...(wentBack === undefined
      ? []
      : [`rolled back to, with its chart and configuration${whyText(wentBack)}`]),
    ...(given === undefined ? [] : [`with ${given.join(' ')}`]),
    ...back,
    ...drift,
    ...(commitsAhead ? [`git is ${commitsAhead} ${commitsAhead === 1 ? 'commit' : 'commits'} ahead`] : []),
  ]
}

function overrideText(from: OverrideFrom | undefined): string {
  const why = whyText(from)
  return from?.how === 'rolled-back' ? `rolled back to, git held another${why}` : `deployed beside git${why}`
}

function whyText(from: OverrideFrom | undefined): string {
  return from?.message === undefined ? '' : ` (${printable(from.message).replaceAll('\n', ' ')})`
}

function gitText(git: ShownGitState): string {
  if (git.kind === 'as-in-git') return 'as in git'
  if (git.kind === 'never-deployed') return 'git has it'
  const chart = git.chart === undefined ? [] : [`chart ${git.chart}`]
  const objects = `${git.changedObjects} ${git.changedObjects === 1 ? 'object' : 'objects'}`
  return `differs: ${[...new Set(git.images.map(imageText)), ...chart, objects].join(', ')}`
}

function imageText({before, after}: ImageChange): string {
  const name = imageName(after ?? before ?? '')
    .split('/')
    .at(-1)
  const [from, to] = [before, after].map(image => (image === undefined ? 'none' : tagOf(image)))
  return `${name} ${from} → ${to}`
}

/** 93 s → `1 min`; the largest unit that fits. */
export function ageText(ms: number): string {
  const units: readonly [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ]
  const [unitMs, unit] = units.find(([unitMs]) => ms >= unitMs) ?? [1000, 's']
  return `${Math.max(0, Math.floor(ms / unitMs))} ${unit}`
}
