import type {HookStep} from '../plan/hooks.ts'
import type {ReleaseStep} from '../plan/plan.ts'
import {type ChangeOptions, changesText} from './change-text.ts'
import {hanging, listed, printable} from './layout.ts'

/** The chart's hooks: which will run and when, and how they differ from those that helm holds. */
export function hooksText(
  {hooks, images}: ReleaseStep,
  options: ChangeOptions,
): {lines: string[]; isCut: boolean} {
  const changes = hooks.flatMap(({change}) => change ?? [])
  if (hooks.length === 0) return {lines: [], isCut: false}
  const text = changes.length === 0 ? {lines: [], isCut: false} : changesText(changes, images, options)
  return {
    lines: [hanging('    hooks  ', hooks.map(hookText).join('\n'), options.width), ...text.lines],
    isCut: text.isCut,
  }
}

function hookText({objectKind, name, runs, change}: HookStep): string {
  const what = printable(`${objectKind} ${name}`)
  if (runs.length > 0) return `${what} runs ${listed(runs.map(momentText))}`
  if (change?.kind === 'removed') return `${what} is taken out of the chart`
  return `${what} ${change?.kind === 'added' ? 'is new' : 'differs'}, and does not run now`
}

/** helm's words: `pre-upgrade`, `post-install` … */
function momentText(event: string): string {
  const [, moment, action = ''] = /^(pre|post)-(\w+)$/.exec(event) ?? []
  if (moment === undefined) return `at ${event}`
  return `${moment === 'pre' ? 'before' : 'after'} the ${NOUNS[action] ?? action}`
}

const NOUNS: Readonly<Record<string, string>> = {install: 'installation', delete: 'removal'}
