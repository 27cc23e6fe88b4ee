import {setTimeout as sleep} from 'node:timers/promises'
import {type Running, startDeploy} from '../test/e2e/deploy.ts'
import type {KillPlan} from './kill-plan.ts'
import {openTemporary} from './leftovers.ts'
import {type Manifests, readManifests, type Target, whatIsWrong} from './target.ts'

/** What came of one kill. */
export type Killed = {
  plan: KillPlan
  /** The last thing it said. `run-finished`: it ended before it could be killed. */
  after: string
  services: readonly FinishedService[]
  wrong: readonly string[]
  durationMs: number
}

/** How a service was finished, with the exit code of each attempt, and what stands in the end. */
export type FinishedService = {
  service: string
  finished: string
  state: 'old' | 'new'
  wrong: readonly string[]
}

/** One of the two services, and the versions that it goes to and fro between. */
export type Rig = {target: Target; tags: {running: string; next: string; bad: string}}

/** Both, and how many lines a whole run of them says. */
export type Rigs = {rigs: readonly [Rig, Rig]; lines: {good: number; bad: number}}

/** Short, since nothing is learnt from waiting. */
export const FLAGS = ['--yes', '--window', '200ms', '--bake', '200ms', '--timeout', '60s']
const LIMIT_MS = 30_000

/** Deploy both as one run, kill it, finish it, and look what is left. Afterwards `tags.running` is what runs. */
export async function killOnce({rigs, lines}: Rigs, plan: KillPlan): Promise<Killed> {
  const temporary = await openTemporary()
  const env = {TMPDIR: temporary.path}
  const startedAtMs = performance.now()
  try {
    const before = await Promise.all(rigs.map(({target}) => readManifests(target)))
    const tags = rigs.map((rig, which) => tagOf(rig, which, plan))
    const running = startDeploy(deployWords(rigs, tags), {env})
    await killAt(running, plan, plan.bad === 'none' ? lines.good : lines.bad)
    const after = lastEvent(running.said())
    const services = await Promise.all(
      rigs.map((rig, which) => finished(rig, plan, which, before[which] ?? {}, tags[which] ?? '', env)),
    )
    const left = await temporary.leftovers(LIMIT_MS)
    const wrong = [...services.flatMap(one => one.wrong), ...left]
    return {plan, after, services, wrong, durationMs: performance.now() - startedAtMs}
  } finally {
    await temporary.remove()
  }
}

export function deployWords(rigs: readonly Rig[], tags: readonly string[]): string[] {
  const named = rigs.map(({target}, which) => `${target.service}@${tags[which]}`)
  return [...named, '-e', 'staging,eqiad,codfw', '--override', '--retry', '--events', ...FLAGS]
}

function tagOf({tags}: Rig, which: number, {bad}: KillPlan): string {
  return bad === (which === 0 ? 'first' : 'second') ? tags.bad : tags.next
}

async function killAt(running: Running, {at, delayMs, who}: KillPlan, lines: number): Promise<void> {
  await running.saysLines(Math.floor(at * lines))
  await Promise.race([sleep(delayMs), running.ended])
  await (who === 'alone' ? running.killAlone() : running.killTree())
}

async function finished(
  rig: Rig,
  plan: KillPlan,
  which: number,
  before: Manifests,
  tag: string,
  env: Record<string, string>,
): Promise<FinishedService> {
  const {target, tags} = rig
  const {service} = target
  const how = plan.finish[which] ?? 'abort'
  if (plan.killsFinisher) await killFinisher(service, how, plan, env)
  const codes = await finish(service, how, env)
  const wanted = Object.fromEntries(
    Object.entries(before).map(([key, text]) => [key, text.replaceAll(tags.running, tag)]),
  )
  const {state, wrong} = await whatIsWrong(target, before, wanted)
  const isBad = state === 'new' && tag === tags.bad
  if (state === 'new') Object.assign(tags, {running: tag, next: tags.running})
  const finishedBy = codes.join(', ')
  const told = isBad ? [...wrong, 'the bad version stands'] : wrong
  return {
    service,
    finished: finishedBy,
    state,
    wrong: told.map(text => `${service}: ${text} (${finishedBy})`),
  }
}

async function killFinisher(
  service: string,
  how: string,
  {delayMs, who}: KillPlan,
  env: Record<string, string>,
): Promise<void> {
  const running = startDeploy([how, service, '--events', ...FLAGS], {env})
  await Promise.race([sleep(delayMs * 6), running.ended])
  await (who === 'alone' ? running.killAlone() : running.killTree())
}

/** What cannot be gone on with is undone. */
async function finish(service: string, how: string, env: Record<string, string>): Promise<string[]> {
  const {exitCode, said} = await startDeploy([how, service, '--json', ...FLAGS], {env}).ended
  const told = `${how} ${exitCode}`
  if (how === 'resume' && exitCode === 12) return [told, ...(await finish(service, 'abort', env))]
  return exitCode === 0 || exitCode === 10 ? [told] : [`${told} (${said.trim().slice(-600)})`]
}

export function lastEvent(said: string): string {
  const kinds = [...said.matchAll(/^\{[^\n]*?"kind":"([a-z-]+)"/gm)].map(match => match[1])
  return kinds.at(-1) ?? 'nothing'
}
