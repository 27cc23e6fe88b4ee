import type {Grammar, Line, Offer} from './grammar.ts'

/** What a line may go on with, as far as it does not have to be looked up. */
export function offersOf({wanted}: Line, grammar: Grammar): Offer[] {
  switch (wanted.kind) {
    case 'commands':
      return commandOffers(wanted.after, grammar)
    case 'flags':
      return wanted.flags.map(({name, summary}) => ({word: `--${name}`, about: summary}))
    case 'choices':
      return wanted.choices.map(word => ({word, about: ''}))
    default:
      return []
  }
}

/** The next word of every command that begins with these. */
function commandOffers(after: readonly string[], grammar: Grammar): Offer[] {
  const offers = new Map<string, string>()
  for (const {words, summary} of grammar) {
    const next = words[after.length]
    if (next === undefined || !after.every((word, index) => words[index] === word)) continue
    if (!offers.has(next)) offers.set(next, words.length === after.length + 1 ? summary : '')
  }
  return [...offers].map(([word, about]) => ({word, about}))
}

/**
 * Those that begin as typed; of a list with commas the last part counts, and what it names already is left out.
 * @returns whole words, with everything before the last comma
 */
export function fitting(typed: string, offers: readonly Offer[], isList: boolean): Offer[] {
  const comma = isList ? typed.lastIndexOf(',') + 1 : 0
  const head = typed.slice(0, comma)
  const named = new Set(head.split(','))
  const seen = new Set<string>()
  return offers.flatMap(({word, about}) => {
    if (!word.startsWith(typed.slice(comma)) || named.has(word) || seen.has(word)) return []
    seen.add(word)
    return [{word: head + word, about}]
  })
}

/**
 * What the shell puts in place of its own last word: a flag's value may be glued to the flag, and bash takes `--env=x`
 * or `a:b` for several words.
 * @param word the whole word that is on offer
 * @param whole the whole last word of the line, of which `typed` is the end
 * @param breaks letters at which the shell takes words apart
 */
export function inPlaceOf(word: string, whole: string, typed: string, breaks: string): string {
  const full = whole.slice(0, whole.length - typed.length) + word
  const last = Math.max(-1, ...[...whole].map((letter, index) => (breaks.includes(letter) ? index : -1)))
  return full.slice(last + 1)
}
