import type {Plan, Refusal} from './plan.ts'

/** Refusals that wait for a word (--yes, --override) are for those who deploy; these are for those who look, too. */
export function undeployable({refusals}: Plan): Refusal[] {
  return refusals.filter(({exitKind}) => exitKind === 'bad-render' || exitKind === 'not-found')
}

/** Who may not deploy there has to know it first; a word (--retry, --override) helps where nothing else is in the way. */
export function decisive(plan: Plan): Refusal | undefined {
  const {refusals} = plan
  return refusals.find(({exitKind}) => exitKind === 'forbidden') ?? undeployable(plan)[0] ?? refusals[0]
}
