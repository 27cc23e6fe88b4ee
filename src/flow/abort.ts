import type {FinishIntent} from '../plan/intent.ts'
import {makeAbortPlan} from '../plan/make-abort-plan.ts'
import type {Outcome} from '../plan/outcome.ts'
import {type UnfinishedRun, whyNotBack} from '../plan/unfinished.ts'
import type {Gathered} from './gather-each.ts'
import {findUnfinished, nothingUnfinished} from './find-unfinished.ts'
import {historyCommand, type NotBack} from './not-back.ts'
import {type RunMode, runPlan} from './run-plan.ts'
import type {FoundUnfinished} from './unfinished.ts'
import {revisionComparison} from './masked-comparison.ts'
import type {World} from './world.ts'

/**
 * Undo what an unfinished run touched, by the revisions it recorded.
 * @throws DeployError `locked` while the run is still under way, `usage` when it is not clear which run is meant
 */
export async function abort(
  intent: FinishIntent,
  mode: RunMode,
  contextLines: number,
  world: World,
): Promise<Outcome> {
  return findUnfinished(intent, mode, world, async (found, gathered) =>
    found === undefined
      ? nothingUnfinished(intent, world)
      : abortRun(found, gathered, mode, contextLines, intent.message, world),
  )
}

export async function abortRun(
  found: FoundUnfinished,
  gathered: Gathered,
  mode: RunMode,
  contextLines: number,
  message: string | undefined,
  world: World,
): Promise<Outcome> {
  const compare = revisionComparison(contextLines, world)
  const plan = makeAbortPlan(gathered.facts, found.run, compare, world.settings.windowMs)
  const {version, selectors} = found.run.request
  const finishing = {pages: found.pages, left: leftOf(found.run)}
  return runPlan(plan, gathered.sites, mode, {message, version, selectors}, world, finishing)
}

function leftOf(run: UnfinishedRun): NotBack[] {
  return run.environments.flatMap(({name, releases}) =>
    releases.flatMap(release => {
      const message = whyNotBack(release)
      if (message === undefined) return []
      const ref = {namespace: release.namespace, name: release.name}
      return [{environment: name, release: ref, message, command: historyCommand(ref)}]
    }),
  )
}
