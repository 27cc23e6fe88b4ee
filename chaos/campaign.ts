import {type KillPlan, planKill} from './kill-plan.ts'
import {type Killed, killOnce} from './one-kill.ts'
import {openRig} from './rig.ts'
import {type Target, TARGETS} from './target.ts'

export type Campaign = {seed: string; from: number; kills: number; report: (killed: Killed) => void}

/** Kill deployments of every target, side by side, each as often as the others. @returns what came of each */
export async function runCampaign({seed, from, kills, report}: Campaign): Promise<Killed[]> {
  const plans = Array.from({length: kills}, (_, index) => planKill(seed, from + index))
  const done = await Promise.all(
    TARGETS.map((target, which) =>
      killMany(
        target,
        plans.filter(plan => plan.index % TARGETS.length === which),
        report,
      ),
    ),
  )
  return done.flat().toSorted((a, b) => a.plan.index - b.plan.index)
}

async function killMany(
  target: Target,
  plans: readonly KillPlan[],
  report: Campaign['report'],
): Promise<Killed[]> {
  let rig = await openRig(target)
  const done: Killed[] = []
  for (const plan of plans) {
    const killed = await killOnce(rig, plan)
    report(killed)
    done.push(killed)
    // The next one must not stumble over what this one left.
    if (killed.wrong.length > 0) rig = await openRig(target)
  }
  return done
}

export function killedText({plan, service, after, finished, state, wrong, durationMs}: Killed): string {
  const {index, who, version, delayMs, killsFinisher} = plan
  const twice = killsFinisher ? ', twice' : ''
  const how = `${service}, ${version} version, ${who}${twice}, ${delayMs} ms after ${after}`
  const line = `${index}: ${how}: ${finished}: ${state} (${(durationMs / 1000).toFixed(1)} s)`
  return [line, ...wrong.map(text => `   WRONG: ${text}`)].join('\n')
}

/** By the last thing that was said: how many were killed there, and what came of them. */
export function summaryText(done: readonly Killed[]): string {
  const groups = Map.groupBy(done, ({after}) => after)
  const rows = [...groups].map(([after, some]) => {
    const count = (is: (killed: Killed) => boolean) => some.filter(is).length
    const cells = [
      after,
      some.length,
      count(({plan}) => plan.who === 'tree'),
      count(({state}) => state === 'old'),
      count(({state}) => state === 'new'),
      count(({wrong}) => wrong.length > 0),
    ]
    return `| ${cells.join(' | ')} |`
  })
  const head =
    '| killed after | kills | whole tree | as before | as asked for | wrong |\n|---|---|---|---|---|---|'
  return `${head}\n${rows.toSorted().join('\n')}\n`
}
