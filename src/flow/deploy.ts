import {compareObjects} from '../diff/changes.ts'
import {redactObjects} from '../diff/redact.ts'
import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import {withDrift} from '../plan/drift.ts'
import type {ReleaseFacts} from '../plan/facts.ts'
import type {DeployIntent} from '../plan/intent.ts'
import {withAnswers} from '../plan/image-answers.ts'
import {makePlan} from '../plan/make-plan.ts'
import type {Outcome} from '../plan/outcome.ts'
import {askRegistry} from './ask-registry.ts'
import {gather} from './gather.ts'
import {runPlan, type RunMode} from './run-plan.ts'
import {validatePlan} from './validate.ts'
import {unlessInterrupted} from './unless-interrupted.ts'
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
  world.emit({kind: 'reading-started', what: 'what git says and what runs'})
  const gathered = await unlessInterrupted(gather(intent, world), world.signal)
  try {
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
    const made = withDrift(
      makePlan(gathered.facts, compareRelease, settings, world.options),
      gathered.facts,
      (before, after) => compare([before], after === undefined ? [] : [after]),
    )
    const [validated, answers] = await Promise.all([
      validatePlan(made, gathered.facts, gathered.sites),
      askRegistry(made, gathered.facts, world.registry),
    ])
    const plan = withAnswers(validated, answers, intent.version)
    return await runPlan(plan, gathered.sites, mode, intent, world)
  } finally {
    await gathered.close()
  }
}
