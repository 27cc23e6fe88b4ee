import {compareObjects} from '../diff/changes.ts'
import {redactObjects} from '../diff/redact.ts'
import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import {withDrift} from '../plan/drift.ts'
import type {ReleaseFacts} from '../plan/facts.ts'
import type {DeployIntent} from '../plan/intent.ts'
import {withAnswers} from '../plan/image-answers.ts'
import {makePlan} from '../plan/make-plan.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {Plan} from '../plan/plan.ts'
import {refusingUnfinished} from '../plan/refuse-unfinished.ts'
import {afterUnfinished} from './after-unfinished.ts'
import {askRegistry} from './ask-registry.ts'
import {gather} from './gather.ts'
import type {Gathered} from './gather-each.ts'
import {runPlan, type RunMode} from './run-plan.ts'
import {validatePlan} from './validate.ts'
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
      mode,
      contextLines,
      message,
      read(here) {
        here.emit({kind: 'reading-started', what: 'what git says and what runs'})
        return gather(intent, here)
      },
      act: async (gathered, standing, here) => {
        const plan = await planOf(intent, gathered, contextLines, here)
        const refusing = refusingUnfinished(plan, standing, here.actor.user)
        return runPlan(refusing, gathered.sites, mode, intent, here)
      },
    },
    world,
  )
}

/** What the intent comes to, checked by the API servers and the registry. */
async function planOf(
  intent: DeployIntent,
  {facts, sites}: Gathered,
  contextLines: number,
  world: World,
): Promise<Plan> {
  const compare = (before: readonly KubernetesObject[], after: readonly KubernetesObject[]) =>
    compareObjects(
      redactObjects(before, world.digest, world.secrecy.mask),
      redactObjects(after, world.digest, world.secrecy.mask),
      {contextLines},
    )
  const settings = {
    ...world.settings,
    selectors: intent.selectors,
    isUnattended: world.options.isUnattended,
  }
  const compareRelease = ({deployed, wanted}: ReleaseFacts) => compare(deployed?.objects ?? [], wanted)
  const made = withDrift(makePlan(facts, compareRelease, settings, world.options), facts, (before, after) =>
    compare([before], after === undefined ? [] : [after]),
  )
  const [validated, answers] = await Promise.all([
    validatePlan(made, facts, sites),
    askRegistry(made, facts, world.registry),
  ])
  return withAnswers(validated, answers, intent.version)
}
