import {changeByOthers} from './foreign-change.ts'
import {planForeign, planTogether} from './race-plan.ts'
import {openRigs} from './rig.ts'
import {type Round, startTogether} from './start-together.ts'

export type Races = {
  seed: string
  from: number
  rounds: number
  kinds: readonly RaceKind[]
  report: (round: Round) => void
}

export type RaceKind = 'together' | 'foreign'

export const RACE_KINDS: readonly RaceKind[] = ['together', 'foreign']

/** So many rounds of each kind. @returns what came of each */
export async function runRaces({seed, from, rounds, kinds, report}: Races): Promise<Round[]> {
  // Also brings both services to where they can be deployed, and learns how much a run says.
  const {lines} = await openRigs()
  const linesOf = (isBad: boolean) => (isBad ? lines.bad : lines.good) / 2
  const done: Round[] = []
  for (const kind of kinds)
    for (let index = from; index < from + rounds; index++) {
      const round = await runRound(kind, seed, index, linesOf)
      report(round)
      done.push(round)
      if (round.wrong.length > 0) await openRigs()
    }
  return done
}

function runRound(
  kind: RaceKind,
  seed: string,
  index: number,
  linesOf: (isBad: boolean) => number,
): Promise<Round> {
  const plan = kind === 'together' ? planTogether(seed, index) : planForeign(seed, index)
  return plan.kind === 'together'
    ? startTogether(plan)
    : changeByOthers(plan, (_service, isBad) => linesOf(isBad))
}

export function roundText({plan, ending, wrong, durationMs}: Round): string {
  const what =
    plan.kind === 'together'
      ? plan.environments.map(some => some.join(',')).join(' and ')
      : `${plan.place.cluster}/${plan.place.name}${plan.isBad ? ', bad version' : ''}`
  const line = `${plan.kind} ${plan.index}: ${plan.target.service} ${what}: ${ending} (${(durationMs / 1000).toFixed(1)} s)`
  return [line, ...wrong.map(text => `   WRONG: ${text}`)].join('\n')
}

/** How often each ending was seen. */
export function racesText(done: readonly Round[]): string {
  const groups = Map.groupBy(done, ({plan, ending}) => `${plan.kind} | ${ending}`)
  const rows = [...groups].map(
    ([name, some]) => `| ${name} | ${some.length} | ${some.filter(({wrong}) => wrong.length > 0).length} |`,
  )
  return `| kind | ending | rounds | wrong |\n|---|---|---|---|\n${rows.toSorted().join('\n')}\n`
}
