import type {Case} from '../../test/nodes/case.ts'
import type {Verdict} from './runs.ts'

/** Side by side: the verdict, whether it is the right one, and after how long. */
export function verdictTable(
  cases: readonly Case[],
  ours: ReadonlyMap<string, Verdict>,
  plain: ReadonlyMap<string, Verdict>,
): string {
  const rows = cases.map(one => {
    const isGood = one.expected === 'ready'
    return `| ${[one.title, isGood ? 'good' : 'bad', cell(ours.get(one.name), isGood), cell(plain.get(one.name), isGood)].join(' | ')} |`
  })
  const head = ['what happens', 'it is', '`deploy`', '`helm upgrade --atomic --timeout 60s`']
  const lines = [`| ${head.join(' | ')} |`, '|---|---|---|---|', ...rows]
  return `${lines.join('\n')}\n\n${sumOf('deploy', cases, ours)}; ${sumOf('helm', cases, plain)}\n`
}

function cell(verdict: Verdict | undefined, isGood: boolean): string {
  if (verdict === undefined) return '–'
  const text = `${verdict.word}, ${(verdict.ms / 1000).toFixed(1)} s`
  return verdict.isGood === isGood ? text : `**${text}**`
}

function sumOf(tool: string, cases: readonly Case[], verdicts: ReadonlyMap<string, Verdict>): string {
  const wrong = cases.filter(one => verdicts.get(one.name)?.isGood !== (one.expected === 'ready'))
  const alarms = wrong.filter(one => one.expected === 'ready').length
  return `${tool}: ${cases.length - wrong.length} of ${cases.length} right, ${alarms} good ones failed, ${wrong.length - alarms} bad ones passed`
}
