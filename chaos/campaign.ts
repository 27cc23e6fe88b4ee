import {planKill} from './kill-plan.ts'
import {type Killed, killOnce} from './one-kill.ts'
import {openRigs} from './rig.ts'

export type Campaign = {seed: string; from: number; kills: number; report: (killed: Killed) => void}

/** Kill so many deployments of two services, one after the other. @returns what came of each */
export async function runCampaign({seed, from, kills, report}: Campaign): Promise<Killed[]> {
  let rigs = await openRigs()
  const done: Killed[] = []
  for (let index = from; index < from + kills; index++) {
    const killed = await killOnce(rigs, planKill(seed, index))
    report(killed)
    done.push(killed)
    // The next one must not stumble over what this one left.
    if (killed.wrong.length > 0) rigs = await openRigs()
  }
  return done
}

export function killedText({plan, after, services, wrong, durationMs}: Killed): string {
  const {index, who, bad, delayMs, killsFinisher} = plan
  const twice = killsFinisher ? ' twice' : ''
  const version = bad === 'none' ? '' : `, ${bad} version bad`
  const ends = services.map(({service, finished, state}) => `${service} ${finished}: ${state}`).join('; ')
  const line = `${index}: ${who}${twice}${version}, ${delayMs} ms after ${after}: ${ends} (${(durationMs / 1000).toFixed(1)} s)`
  return [line, ...wrong.map(text => `   WRONG: ${text}`)].join('\n')
}

/** By the last thing that was said: how many were killed there, and what came of their services. */
export function summaryText(done: readonly Killed[]): string {
  const groups = Map.groupBy(done, ({after}) => after)
  const rows = [...groups].map(([after, some]) => {
    const services = some.flatMap(one => one.services)
    const cells = [
      after,
      some.length,
      some.filter(({plan}) => plan.who === 'tree').length,
      services.filter(({state}) => state === 'old').length,
      services.filter(({state}) => state === 'new').length,
      some.filter(({wrong}) => wrong.length > 0).length,
    ]
    return `| ${cells.join(' | ')} |`
  })
  const head =
    '| killed after | kills | whole tree | services as before | as asked for | wrong |\n|---|---|---|---|---|---|'
  return `${head}\n${rows.toSorted().join('\n')}\n`
}
