import {setTimeout as sleep} from 'node:timers/promises'
import {DeployError} from '../errors.ts'
import type {Outcome} from '../plan/outcome.ts'
import {freshWorld} from './fresh-world.ts'
import type {World} from './world.ts'

const PAUSE_MS = 2000

/**
 * While somebody else has the lock: wait, and begin anew. What they changed meanwhile is read again, so that the plan is made
 * of what is there then.
 * @throws DeployError `locked` when it is still held after that time
 */
export async function waitingForLock(
  patienceMs: number,
  world: World,
  act: (world: World) => Promise<Outcome>,
): Promise<Outcome> {
  const untilMs = world.nowMs() + patienceMs
  let here = world
  for (let attempt = 1; ; attempt++) {
    try {
      return await act(here)
    } catch (error) {
      if (!(error instanceof DeployError) || error.exitKind !== 'locked') throw error
      if (world.signal.aborted || world.nowMs() + PAUSE_MS > untilMs) throw error
      if (attempt === 1) {
        const text = `${error.message} Waiting until ${new Date(untilMs).toISOString().slice(11, 19)} UTC.`
        world.emit({kind: 'noted', text})
      }
      await sleep(PAUSE_MS, undefined, {signal: world.signal}).catch(() => {})
      here = await freshWorld(world)
    }
  }
}
