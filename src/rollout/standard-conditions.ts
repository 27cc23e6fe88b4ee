import {type Condition, conditionsOf, freshCondition} from './conditions.ts'
import {verdictOf} from './combine.ts'
import {accepted, objectDoom, withoutPods} from './object-verdict.ts'
import type {Reading} from './reading.ts'
import type {RolloutSettings} from './settings.ts'
import {evidenceOf, timeOf} from './text.ts'
import type {ApiObject, Verdict, WorkloadRef} from './verdict.ts'

/** What says of itself that it is well (Kubernetes' API conventions; CRDs; the Gateway API). */
const WELL = ['Ready', 'Available', 'Established', 'NamesAccepted', 'Accepted', 'Programmed']
/** Its controller has given up (kstatus, which cert-manager, Flux and others follow). */
const GIVEN_UP = 'Stalled'

/**
 * Any kind with standard conditions. One that is absent never blocks: perhaps nobody looks after the object, which hangs other
 * tools for their whole timeout. Neither does one about an older generation, nor one that said the same before the rollout.
 */
export function judgeByConditions(
  ref: WorkloadRef,
  object: ApiObject,
  reading: Reading,
  settings: RolloutSettings,
): Verdict {
  const told = conditionsOf(object).filter(condition => isCurrent(condition, object))
  const isNews = ({type, status}: Condition) =>
    freshCondition(object, type, reading.baseline, status) !== undefined
  const stalled = told.find(each => each.type === GIVEN_UP && each.status === 'True' && isNews(each))
  const failing = told.find(each => WELL.includes(each.type) && each.status !== 'True' && isNews(each))
  const condition = stalled ?? failing
  if (condition === undefined) return accepted(ref)
  const words = [condition.reason, condition.message].filter(Boolean).join(': ')
  const message =
    stalled === undefined
      ? `its condition ${condition.type} is ${condition.status}: ${words}`
      : `its controller has given up: ${words}`
  const doom = objectDoom(
    stalled === undefined ? 'condition-false' : 'condition-stalled',
    message,
    evidenceOf(`${condition.type}=${condition.status}`, condition.reason, condition.message),
    timeOf(condition.lastTransitionTime),
  )
  return verdictOf(doom, withoutPods(ref, `${condition.type} is ${condition.status}`), settings)
}

function isCurrent(condition: Condition, {metadata, status}: ApiObject): boolean {
  const seen = condition.observedGeneration ?? status?.observedGeneration
  return seen === undefined || seen >= (metadata.generation ?? 0)
}
