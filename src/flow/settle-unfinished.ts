import {DeployError} from '../errors.ts'
import {unfinishedRefusal} from '../plan/refuse-unfinished.ts'
import {hasTouched, type UnfinishedRun} from '../plan/unfinished.ts'
import type {Gathered} from './gather-each.ts'
import type {RunMode} from './run-plan.ts'
import {waitForStrays} from './strays.ts'
import {readUnfinished} from './unfinished.ts'
import type {World} from './world.ts'

/** `go`: nothing is in the way, or it is only looked. `finish`: that run first. */
export type Settled =
  | {kind: 'go'; standing: readonly UnfinishedRun[]}
  | {kind: 'finish'; how: 'resume' | 'abort'; run: UnfinishedRun}

/**
 * What is to become of a run that was left unfinished where another one is to begin.
 * @throws DeployError `declined`, or `locked` for one that somebody else has paused, when nobody decided
 */
export async function settleUnfinished(
  {sites}: Pick<Gathered, 'sites'>,
  mode: RunMode,
  world: World,
): Promise<Settled> {
  const standing = await readStanding(sites, mode, world)
  const [run] = standing
  if (run === undefined || mode.kind === 'preview') return {kind: 'go', standing}
  const {exitKind, message, hint} = unfinishedRefusal(run, world.service.name, world.actor.user)
  const how = mode.onUnfinished === 'ask' ? await ask(message, world) : mode.onUnfinished
  if (how === 'fail') throw new DeployError(exitKind, message, {hint})
  return {kind: 'finish', how, run}
}

// One that is under way holds its lock, which says so. One that touched nothing leaves nothing to finish.
async function readStanding(sites: Gathered['sites'], mode: RunMode, world: World): Promise<UnfinishedRun[]> {
  const read = async () =>
    (await readUnfinished(sites, world)).flatMap(({run}) => (run.state === 'working' ? [] : [run]))
  const found = await read()
  if (found.length === 0 || mode.kind === 'preview') return found.filter(hasTouched)
  for (const run of found) await waitForStrays(run, world)
  return (await read()).filter(hasTouched)
}

async function ask(message: string, world: World): Promise<'resume' | 'abort' | 'fail'> {
  world.emit({kind: 'noted', text: message})
  const question = 'Go on with it (resume), undo it (abort), or leave it as it is (stop)?'
  const answer = await world.choose(question, ['resume', 'abort', 'stop'])
  return answer === undefined || answer === 'stop' ? 'fail' : answer
}
