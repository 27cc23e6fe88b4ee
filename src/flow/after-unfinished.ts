import {DeployError} from '../errors.ts'
import {endAfterFinished} from '../plan/after-finished.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {UnfinishedRun} from '../plan/unfinished.ts'
import {finish} from './finish.ts'
import {freshWorld} from './fresh-world.ts'
import type {Gathered} from './gather-each.ts'
import type {RunMode} from './run-plan.ts'
import {type Settled, settleUnfinished} from './settle-unfinished.ts'
import {unlessInterrupted} from './unless-interrupted.ts'
import type {World} from './world.ts'

/** One that wants to begin: how it reads, and what it does with that and with the runs that stand in its way. */
export type Beginning = {
  action: 'deploy' | 'rollback'
  mode: RunMode
  contextLines: number
  message: string | undefined
  read(world: World): Promise<Gathered>
  act(gathered: Gathered, standing: readonly UnfinishedRun[], world: World): Promise<Outcome>
}

/**
 * Begin where nothing was left unfinished; what was is finished first, as a plan of its own, where somebody decides so.
 * @throws DeployError `declined` or `locked` where nobody does; none any more once finishing has touched something
 */
export async function afterUnfinished(beginning: Beginning, world: World): Promise<Outcome> {
  const gathered = await unlessInterrupted(beginning.read(world), world.signal)
  let settled: Settled
  try {
    settled = await settleUnfinished(gathered, beginning.mode, world)
    if (settled.kind === 'go') return await beginning.act(gathered, settled.standing, world)
  } finally {
    await gathered.close()
  }
  const {mode, contextLines, message} = beginning
  const intent = {kind: settled.how, environments: ['all'], runId: settled.run.runId, message}
  const finished = await finish(intent, mode, contextLines, await freshWorld(world))
  if (finished.kind !== 'deployed') return finished
  world.emit({kind: 'noted', text: finished.summary})
  let isDeclined = false
  const confirm = async (question: string) => {
    const isAgreed = await world.confirm(question)
    isDeclined ||= !isAgreed
    return isAgreed
  }
  const begin = async () =>
    afterUnfinished({...beginning, mode: decided(mode)}, {...(await freshWorld(world)), confirm})
  const then = await begin().catch(faultOf)
  return endAfterFinished(finished, beginning.action, then, isDeclined)
}

function faultOf(error: unknown): DeployError {
  if (error instanceof DeployError) return error
  throw error
}

// Once is enough: what is still unfinished then cannot be finished from here.
function decided(mode: RunMode): RunMode {
  return mode.kind === 'preview' ? mode : {...mode, onUnfinished: 'fail'}
}
