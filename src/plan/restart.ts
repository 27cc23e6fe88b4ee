import {changedLines} from '../diff/changed-lines.ts'
import type {ObjectChange} from '../diff/changes.ts'
import type {Plan, Refusal} from './plan.ts'

/** A plan that was asked to restart pods is refused where it would change anything else. */
export function restartingOnly(plan: Plan): Plan {
  const refusals = plan.stages.flatMap(({environment, steps}) =>
    steps.flatMap(({release, action, changes}): Refusal[] => {
      const isMore = action.kind === 'install' || changes.some(change => !isRestartOnly(change))
      return isMore ? [refusalOf(plan, environment, release.name)] : []
    }),
  )
  return {...plan, refusals: [...plan.refusals, ...refusals]}
}

// Some charts carry it as an annotation of the pods, which then is the whole change.
function isRestartOnly({kind, diff}: ObjectChange): boolean {
  return kind === 'changed' && changedLines(diff).every(({key}) => /restart/i.test(key))
}

function refusalOf({service}: Plan, environment: string, release: string): Refusal {
  return {
    exitKind: 'declined',
    message: `${environment}: more than a restart would change ${release}, as shown above.`,
    hint: `deploy ${service.name} -e ${environment} deploys that, and starts its pods anew.`,
  }
}
