import {DeployError} from '../errors.ts'
import {EXIT_CODES, isTouchedEnd} from '../exit-codes.ts'
import type {FinishIntent} from '../plan/intent.ts'
import type {Outcome} from '../plan/outcome.ts'
import {unfinishedText} from '../plan/unfinished.ts'
import type {Gathered} from './gather-each.ts'
import {removeDeadLocks} from './dead-locks.ts'
import {gatherLive} from './gather-live.ts'
import type {RunMode} from './run-plan.ts'
import {waitForStrays} from './strays.ts'
import {unlessInterrupted} from './unless-interrupted.ts'
import {type FoundUnfinished, readUnfinished} from './unfinished.ts'
import type {World} from './world.ts'

/**
 * Find the unfinished run that is meant, once nothing of it works any more, and act on it while the clusters are open.
 * @throws DeployError `locked` while it is under way, `usage` when several could be meant, `not-found` for a run that is not there
 */
export async function findUnfinished(
  intent: FinishIntent,
  mode: RunMode,
  world: World,
  act: (found: FoundUnfinished | undefined, gathered: Gathered) => Promise<Outcome>,
): Promise<Outcome> {
  world.emit({kind: 'reading-started', what: 'what was recorded and what runs'})
  const gathered = await unlessInterrupted(gatherLive(intent.environments, [], world), world.signal)
  try {
    const outcome = await act(await findAtRest(intent, gathered, world), gathered)
    // A lock that could not be removed holds nobody up.
    if (mayTidy(mode, outcome)) await removeDeadLocks(gathered.sites, world).catch(() => {})
    return outcome
  } finally {
    await gathered.close()
  }
}

/** Whether dead locks may go: not where it was only looked, nor where it was declined or refused, which touches nothing. */
export function mayTidy(mode: RunMode, {kind}: Pick<Outcome, 'kind'>): boolean {
  return mode.kind === 'carry-out' && mode.consent !== 'stop' && isTouchedEnd(kind)
}

async function findAtRest(
  intent: FinishIntent,
  {sites}: Gathered,
  world: World,
): Promise<FoundUnfinished | undefined> {
  const first = pick(await readUnfinished(sites, world), intent, world)
  if (first === undefined) return undefined
  if (first.run.state === 'working') throw underWay(first, world)
  await waitForStrays(first.run, world)
  // Read anew: what was still at work may have changed what stands where.
  const again = await readUnfinished(sites, world)
  return again.find(({run}) => run.runId === first.run.runId)
}

/** Nothing to do is no failure. */
export function nothingUnfinished(intent: FinishIntent, world: World): Outcome {
  return {
    schema: 1,
    kind: 'deployed',
    exitCode: EXIT_CODES.deployed.code,
    action: intent.kind,
    runId: world.runId,
    service: world.service.name,
    summary: `${world.service.name} has no unfinished run: nothing to ${intent.kind}.`,
    releases: [],
    durationMs: world.nowMs() - Date.parse(world.startedAt),
  }
}

function pick(
  all: readonly FoundUnfinished[],
  {runId}: FinishIntent,
  world: World,
): FoundUnfinished | undefined {
  const meant = runId === undefined ? all : all.filter(({run}) => run.runId.startsWith(runId))
  const [first, second] = meant
  if (runId !== undefined && first === undefined) {
    throw new DeployError(
      'not-found',
      `find the run ${runId} of ${world.service.name}: no unfinished run is called so.`,
      {hint: `deploy history ${world.service.name} lists what was recorded.`},
    )
  }
  if (first !== undefined && second !== undefined) {
    throw new DeployError(
      'usage',
      `find the unfinished run of ${world.service.name}: there are ${meant.length}.\n${meant.map(({run}) => `  ${unfinishedText(run)}`).join('\n')}`,
      {hint: `Say which: --run ${first.run.runId}`},
    )
  }
  return first
}

function underWay({run}: FoundUnfinished, world: World): DeployError {
  return new DeployError('locked', `${world.service.name} is being deployed. ${unfinishedText(run)}`, {
    hint: 'Wait for it to end; a killed one is free a minute after its last sign of life.',
  })
}
