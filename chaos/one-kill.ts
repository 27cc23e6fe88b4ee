import {setTimeout as sleep} from 'node:timers/promises'
import {type Running, startDeploy} from '../test/e2e/deploy.ts'
import type {KillPlan} from './kill-plan.ts'
import {openTemporary} from './leftovers.ts'
import {type Manifests, readManifests, type Target, whatIsWrong} from './target.ts'

/** What came of one kill. */
export type Killed = {
  plan: KillPlan
  service: string
  /** The last thing it said. `run-finished`: it ended before it could be killed. */
  after: string
  /** How it was finished, with the exit code of each attempt. */
  finished: string
  state: 'old' | 'new'
  wrong: readonly string[]
  durationMs: number
}

/** The versions that a target goes to and fro between, and how many lines a whole run says. */
export type Rig = {
  target: Target
  tags: {running: string; next: string; bad: string}
  lines: {good: number; bad: number}
}

/** Short, since nothing is learnt from waiting. */
export const FLAGS = ['--yes', '--window', '200ms', '--bake', '200ms', '--timeout', '60s']
const LIMIT_MS = 30_000

/** Deploy, kill it, finish it, and look what is left. Afterwards `rig.tags.running` is what runs. */
export async function killOnce(rig: Rig, plan: KillPlan): Promise<Killed> {
  const {target, tags} = rig
  const temporary = await openTemporary()
  const env = {TMPDIR: temporary.path}
  const startedAtMs = performance.now()
  try {
    const old = await readManifests(target)
    const tag = plan.version === 'good' ? tags.next : tags.bad
    const wanted = withTag(old, tags.running, tag)
    const running = startDeploy(deployWords(target, tag), {env})
    await killAt(running, plan, rig.lines[plan.version])
    const after = lastEvent(running.said())
    if (plan.killsFinisher) await killFinisher(target, plan, env)
    const codes = await finish(target, plan, env)
    const {state, wrong} = await whatIsWrong(target, old, wanted)
    const left = await temporary.leftovers(LIMIT_MS)
    if (state === 'new') Object.assign(tags, {running: tag, next: tags.running})
    const bad = state === 'new' && plan.version === 'bad' ? ['the bad version stands'] : []
    return {
      plan,
      service: target.service,
      after,
      finished: codes.join(', '),
      state,
      wrong: [...wrong, ...left, ...bad],
      durationMs: performance.now() - startedAtMs,
    }
  } finally {
    await temporary.remove()
  }
}

export function deployWords({service}: Target, tag: string): string[] {
  return [
    service,
    '-e',
    'staging,eqiad,codfw',
    '--version',
    tag,
    '--override',
    '--retry',
    '--events',
    ...FLAGS,
  ]
}

function withTag(manifests: Manifests, from: string, to: string): Manifests {
  return Object.fromEntries(Object.entries(manifests).map(([key, text]) => [key, text.replaceAll(from, to)]))
}

async function killAt(running: Running, {at, delayMs, who}: KillPlan, lines: number): Promise<void> {
  await running.saysLines(Math.floor(at * lines))
  await Promise.race([sleep(delayMs), running.ended])
  await (who === 'alone' ? running.killAlone() : running.killTree())
}

async function killFinisher(
  {service}: Target,
  {finish, delayMs, who}: KillPlan,
  env: Record<string, string>,
) {
  const running = startDeploy([finish, service, '--events', ...FLAGS], {env})
  await Promise.race([sleep(delayMs * 6), running.ended])
  await (who === 'alone' ? running.killAlone() : running.killTree())
}

/** What cannot be gone on with is undone. */
async function finish(
  target: Target,
  {finish: how}: KillPlan,
  env: Record<string, string>,
): Promise<string[]> {
  const running = startDeploy([how, target.service, '--json', ...FLAGS], {env})
  const {exitCode, said} = await running.ended
  const told = `${how} ${exitCode}`
  if (how === 'resume' && exitCode === 12)
    return [told, ...(await finish(target, {finish: 'abort'} as KillPlan, env))]
  return exitCode === 0 || exitCode === 10 ? [told] : [`${told} (${said.trim().slice(-600)})`]
}

function lastEvent(said: string): string {
  const kinds = [...said.matchAll(/^\{[^\n]*?"kind":"([a-z-]+)"/gm)].map(match => match[1])
  return kinds.at(-1) ?? 'nothing'
}
