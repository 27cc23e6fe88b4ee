import {sandbox} from '../deploy.ts'
import type {Attempt} from './attempts.ts'
import type {Row} from './rows.ts'

/** What was asked of one service in one environment, and how it ended, in the words of the table. */
export type Result = {asked: string; exitCode: number; said: string}
export type RowResult = {row: Row; results: readonly Result[]}

/** A Markdown table; environments in which everything went alike share their lines. */
export function tableText(rows: readonly RowResult[]): string {
  const groups = Map.groupBy(rows, ({row, results}) => JSON.stringify([row.group, row.service, results]))
  const lines = [...groups.values()].flatMap(alike => {
    const [first] = alike
    const environments = alike.map(({row}) => row.environment).join(', ')
    return (first?.results ?? []).map(({asked, exitCode, said}, index) => {
      const where = index === 0 ? [`${first?.row.group}/${first?.row.service}`, environments] : ['', '']
      return `| ${[...where, asked, exitCode, said].join(' | ')} |`
    })
  })
  return ['| service | environments | asked | exit | result |', '|---|---|---|---|---|', ...lines].join('\n')
}

export function resultOf(attempt: Attempt, {environment}: Row, tag: string): Result {
  const said = saidText(attempt, tag).replaceAll(`-${environment}.`, '-ENV.')
  const asked =
    attempt.pushed.length === 0 ? askedText(attempt.args, tag) : 'the same, once the image is there'
  return {asked, exitCode: attempt.exitCode, said}
}

export function badResultOf(attempt: Attempt, row: Row, tag: string): Result {
  return {...resultOf(attempt, row, tag), asked: 'the same with a bad TAG'}
}

// Without what every line would say again, and with each way of naming a version once.
function askedText(args: readonly string[], tag: string): string {
  const words = args.slice(args.indexOf('--yes') + 1).filter((word, index, all) => {
    const isTime = [word, all[index - 1]].some(one => one === '--window' || one === '--bake')
    return !isTime && word !== '--take-git'
  })
  const text = words.join(' ').replaceAll(tag, 'TAG')
  const generic = text.replace(/(--version \S+=TAG)( --version \S+=TAG)*/, '--version RELEASE=TAG …')
  return generic === '' ? "git's version" : `\`${generic}\``
}

function saidText({exitCode, outcome, error}: Attempt, tag: string): string {
  if (outcome?.kind === 'deployed') return 'deployed'
  if (outcome?.kind === 'rolled-back')
    return `${reasonOf(outcome.failure)}: everything is back, to the letter`
  const said = exitCode === 65 ? firstPart(error?.hint ?? '') : firstSentence(error?.message ?? '')
  return publicText(said).replaceAll(tag, 'TAG')
}

function reasonOf(failure: NonNullable<Attempt['outcome']>['failure']): string {
  const reason = failure?.kind === 'doomed' ? failure.doom.reason : (failure?.kind ?? 'failed')
  return reason.replaceAll('-', ' ')
}

// What a helmfile's own words would only bury.
function firstPart(hint: string): string {
  return hint.split(/[,.](?=\s|$)/)[0] ?? ''
}

// Behind what was being done stands what went wrong.
function firstSentence(message: string): string {
  const [line = ''] = message.split('\n')
  const text = line.replace(/^(set|read|find|render|deploy)\b[^:]*: /, '')
  return (/^(.*?)(?:[.?;:](?=\s|$)|$)/.exec(text)?.[1] ?? text).replaceAll('|', '\\|')
}

function publicText(text: string): string {
  return text.replaceAll(sandbox().etc, '/etc')
}
