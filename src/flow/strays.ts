import {setTimeout as sleep} from 'node:timers/promises'
import {DeployError} from '../errors.ts'
import type {UnfinishedRun} from '../plan/unfinished.ts'
import {straysOf} from '../tools/strays.ts'
import type {World} from './world.ts'

/** A hook of a chart may run for minutes; longer than a release's usual limit nothing does. */
const LIMIT_MS = 600_000

/**
 * Wait until no program of a dead run works on this host any more: its helm finishes what it writes.
 * @throws DeployError `locked` when it does not end, `declined` when a signal comes first
 */
export async function waitForStrays(
  {runId, workers}: Pick<UnfinishedRun, 'runId' | 'workers'>,
  world: World,
): Promise<void> {
  const endMs = performance.now() + LIMIT_MS
  let isTold = false
  while (true) {
    const pids = await straysOf(workers)
    if (pids.length === 0) return
    if (!isTold)
      world.emit({kind: 'noted', text: `helm or helmfile of run ${runId} is still at work; waiting for it.`})
    isTold = true
    if (world.signal.aborted)
      throw new DeployError('declined', 'interrupted while waiting: nothing was touched.')
    if (performance.now() > endMs)
      throw new DeployError(
        'locked',
        `wait for what is left of run ${runId}: it is still at work after 10 minutes (processes ${pids.join(', ')}).`,
        {hint: 'End these processes, then run the same command again.'},
      )
    await sleep(100)
  }
}
