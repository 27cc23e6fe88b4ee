import {withDrift} from '../plan/drift.ts'
import type {ReleaseFacts} from '../plan/facts.ts'
import type {DeployIntent} from '../plan/intent.ts'
import {withAnswers} from '../plan/image-answers.ts'
import {makePlan} from '../plan/make-plan.ts'
import type {Plan} from '../plan/plan.ts'
import {restartingOnly} from '../plan/restart.ts'
import {askRegistry} from './ask-registry.ts'
import type {Gathered} from './gather-each.ts'
import {validatePlan} from './validate.ts'
import {maskedComparison} from './masked-comparison.ts'
import {stageSettings} from './stage-settings.ts'
import type {World} from './world.ts'

/** What the intent comes to, checked by the API servers and the registry. */
export async function planDeployment(
  intent: Pick<DeployIntent, 'version' | 'selectors'>,
  {facts, sites}: Pick<Gathered, 'facts' | 'sites'>,
  contextLines: number,
  world: World,
): Promise<Plan> {
  const compare = maskedComparison(contextLines, world)
  const settings = stageSettings(intent.selectors, world)
  const compareRelease = ({deployed, wanted}: ReleaseFacts) => compare(deployed?.objects ?? [], wanted)
  const made = withDrift(makePlan(facts, compareRelease, settings, world.options), facts, (before, after) =>
    compare([before], after === undefined ? [] : [after]),
  )
  const [validated, answers] = await Promise.all([
    validatePlan(made, facts, sites),
    askRegistry(made, facts, world.registry),
  ])
  const plan = leavingFailed(withAnswers(validated, answers, intent.version), world.options)
  return world.options.isRestart ? restartingOnly(plan) : plan
}

function leavingFailed(plan: Plan, {onFailure}: World['options']): Plan {
  if (onFailure === undefined || plan.stages.length === 0) return plan
  const warning = `What fails is left as it is (--no-rollback): deploy abort ${plan.service.name} undoes it then.`
  return {...plan, onFailure, warnings: [...plan.warnings, warning]}
}
