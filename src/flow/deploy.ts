import type {DeployIntent} from '../plan/intent.ts'
import type {Outcome} from '../plan/outcome.ts'
import {refusingUnfinished} from '../plan/refuse-unfinished.ts'
import {afterUnfinished} from './after-unfinished.ts'
import {gather} from './gather.ts'
import {planDeployment} from './plan-deployment.ts'
import {runPlan, type RunMode} from './run-plan.ts'
import type {World} from './world.ts'

/**
 * Deploy a service, or show what that would change (`mode: preview`).
 * @throws DeployError for whatever keeps a plan from being made; nothing is touched then
 */
export async function deploy(
  intent: DeployIntent,
  mode: RunMode,
  contextLines: number,
  world: World,
): Promise<Outcome> {
  const {message} = intent
  return afterUnfinished(
    {
      action: 'deploy',
      mode,
      contextLines,
      message,
      read(here) {
        here.emit({kind: 'reading-started', what: 'what git says and what runs'})
        return gather(intent, here)
      },
      act: async (gathered, standing, here) => {
        const plan = await planDeployment(intent, gathered, contextLines, here)
        const refusing = refusingUnfinished(plan, standing, here.actor.user)
        return runPlan(refusing, gathered.sites, mode, intent, here)
      },
    },
    world,
  )
}
