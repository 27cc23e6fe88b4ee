import {fileURLToPath} from 'node:url'
import {setTimeout as sleep} from 'node:timers/promises'
import type {DeployEvent} from '../src/plan/events.ts'
import {helmfile, newTag, pushTag, type Ran, type Running, startDeploy} from '../test/e2e/deploy.ts'
import {openTemporary} from './leftovers.ts'
import {FLAGS, lastEvent} from './one-kill.ts'
import type {RacePlan} from './race-plan.ts'
import {newestRevisions, revisionOfTag} from './revisions.ts'
import type {Round} from './start-together.ts'
import {CLUSTERS, unsoundIn} from './target.ts'

type Foreign = Extract<RacePlan, {kind: 'foreign'}>

/** How many lines a whole run says, so that any moment of it can be met. */
export type LinesOf = (service: string, isBad: boolean) => number

const HELM = fileURLToPath(new URL('helm-diff-answered.sh', import.meta.url))
const LIMIT_MS = 30_000
/** What may be between the last look at a release and the line that tells of it. */
const LOOK_MS = 1000

/** While deploy is at work somebody else deploys one of its releases by plain helmfile. */
export async function changeByOthers(plan: Foreign, linesOf: LinesOf): Promise<Round> {
  const {target, place, isBad} = plan
  const {service, image} = target
  const startedAtMs = performance.now()
  const temporary = await openTemporary()
  const env = {TMPDIR: temporary.path}
  try {
    const ours = await pushTag(image, newTag(isBad ? 'crash' : 'instant'))
    const theirs = await pushTag(image, newTag('instant'))
    const words = [service, '-e', CLUSTERS.join(','), '--version', ours, '--override', '--retry', '--events']
    const running = startDeploy([...words, ...FLAGS], {env})
    await running.saysLines(Math.floor(plan.at * linesOf(service, isBad)))
    await Promise.race([sleep(plan.delayMs), running.ended])
    const after = lastEvent(running.said())
    const foreign = await applyByHand(service, place, theirs)
    const theirEndMs = Date.now()
    const {exitCode, said} = await running.ended
    const written = await revisionOfTag(service, place, theirs)
    const newest = await newestRevisions(target)
    const key = `${place.cluster}/${place.name}`
    const end = {exitCode, events: eventsOf(said), said}
    const met = {written, newest: newest[key] ?? 0, theirEndMs, foreign}
    const wrong = [...whatIsWrongWith(end, met, plan), ...(await finished(service, running, exitCode, env))]
    const later = await newestRevisions(target)
    if (written !== undefined && met.newest === written.revision && later[key] !== met.newest)
      wrong.push(`abort wrote over revision ${met.newest} of ${key}: it is at ${later[key]}`)
    wrong.push(...(await unsoundIn(target)), ...(await temporary.leftovers(LIMIT_MS)))
    const ending = `${after} → ${exitCode}, theirs ${howItWent(end, met, plan)}`
    return {plan, ending, wrong, durationMs: performance.now() - startedAtMs}
  } finally {
    await temporary.remove()
  }
}

function applyByHand(service: string, {cluster, name}: Foreign['place'], tag: string): Promise<Ran> {
  const words = ['-e', cluster, '-l', `name=${name}`, '--helm-binary', HELM]
  return helmfile(service, [...words, 'apply', '--set', `main_app.version=${tag}`])
}

type End = {exitCode: number | null; events: readonly DeployEvent[]; said: string}
type Met = {
  written: {revision: number; status: string} | undefined
  newest: number
  theirEndMs: number
  foreign: Ran
}

function whatIsWrongWith({exitCode, events, said}: End, met: Met, plan: Foreign): string[] {
  const wrong: string[] = []
  const tell = (text: string) =>
    void wrong.push(`${text} (theirs ended with ${met.foreign.exitCode}): ${said.trim().slice(-900)}`)
  if (![0, 10, 11, 12, 13].includes(exitCode ?? -1)) tell(`it ended with ${exitCode}`)
  if (/\n {4}at /.test(said)) tell('a stack trace')
  const {written} = met
  const how = howItWent({exitCode, events, said}, met, plan)
  if (how === 'written over' || how === 'not told of') tell(`revision ${written?.revision} was ${how}`)
  return wrong
}

function howItWent({events, said}: End, met: Met, plan: Foreign): string {
  const {written} = met
  // helm refused theirs, or took it back by itself: nothing of it is there to be kept.
  if (written === undefined || met.foreign.exitCode !== 0) return 'refused'
  if (revisionSeen(events, plan) >= written.revision) return 'seen beforehand'
  if (met.newest !== written.revision) return 'written over'
  if (/someone else|changed-by-others|pending-(install|upgrade|rollback)/i.test(said)) return 'told'
  if (!isReached(events, plan)) return 'where it did not come'
  return met.theirEndMs < lastLookMs(events) - LOOK_MS ? 'not told of' : 'after its last look'
}

function isReached(events: readonly DeployEvent[], {place}: Foreign): boolean {
  const ends = events.flatMap(event => (event.kind === 'run-finished' ? event.outcome.releases : []))
  const end = ends.find(one => one.environment === place.cluster && one.release.name === place.name)
  return end !== undefined && end.state !== 'not-reached'
}

// The preview was made from it, and showed it.
function revisionSeen(events: readonly DeployEvent[], {place}: Foreign): number {
  const revisions = events.flatMap(event =>
    event.kind === 'plan-made'
      ? event.plan.stages
          .filter(stage => stage.environment === place.cluster)
          .flatMap(stage => stage.steps)
          .filter(step => step.release.name === place.name)
          .map(step => step.action.fromRevision ?? 0)
      : [],
  )
  return Math.max(0, ...revisions)
}

function lastLookMs(events: readonly DeployEvent[]): number {
  const looks = events.filter(({kind}) =>
    ['stage-finished', 'stage-failed', 'fallback-verified'].includes(kind),
  )
  return Math.max(0, ...looks.map(({atMs}) => atMs))
}

// What paused, or is not all back, is undone: what is theirs is not.
async function finished(
  service: string,
  running: Running,
  exitCode: number | null,
  env: Record<string, string>,
): Promise<string[]> {
  if (exitCode !== 13) return []
  const {exitCode: code, said} = await startDeploy(['abort', service, '--json', ...FLAGS], {env}).ended
  if (code === 0 || code === 11) return []
  return [`abort ended with ${code}: ${said.trim().slice(-900)}, after ${running.said().trim().slice(-500)}`]
}

function eventsOf(said: string): DeployEvent[] {
  return said.split('\n').flatMap(line => {
    if (!line.startsWith('{"atMs"')) return []
    return [JSON.parse(line) as DeployEvent]
  })
}
