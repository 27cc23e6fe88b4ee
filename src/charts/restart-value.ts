import type {GivenValue} from '../plan/intent.ts'

/**
 * What makes a helmfile replace all pods without another change: Wikimedia's helmfiles compare the state value `roll_restart` with a
 * number or with a text, and helmfile fails on the other one. Read from the text alone.
 * @returns `mixed` where both stand there, so that none of them works; nothing where helmfile has no such value
 */
export function restartValueOf(text: string): GivenValue | 'mixed' | undefined {
  const templates = text.replaceAll(/^\s*#.*$/gm, '').match(/\{\{.*?\}\}/gs) ?? []
  const compared = templates.flatMap(template => {
    const [, quote] = /roll_restart\b.*?[\s(](?:(["'`])1\1|1(?=[\s)}-]))/s.exec(template) ?? [
      undefined,
      'none',
    ]
    return quote === 'none' ? [] : [quote === undefined ? 'number' : 'text']
  })
  if (new Set(compared).size > 1) return 'mixed'
  const [kind] = compared
  if (kind === undefined) return undefined
  return {flag: kind === 'number' ? 'state-values-set' : 'state-values-set-string', word: 'roll_restart=1'}
}
