import {inPlaceOf} from '../completion/offers.ts'
import {splitLine} from '../completion/split-line.ts'
import type {Completion} from './complete-line.ts'

/** The words of the line, the program's own name first. */
export function wordsOf(line: string | undefined, words: readonly string[]): readonly string[] {
  return line === undefined ? words : splitLine(line)
}

/** One word a line; `:files` and `:directories` ask the shell for its own. */
export function completionText(
  {line, offers}: Completion,
  words: readonly string[],
  {breaks, about}: {breaks: string; about: boolean},
): string {
  if (line.wanted.kind === 'files') return line.wanted.only === 'any' ? ':files\n' : ':directories\n'
  const whole = words.at(-1) ?? ''
  return offers
    .map(offer => {
      const word = inPlaceOf(offer.word, whole, line.typed, breaks)
      return about && offer.about !== '' ? `${word}\t${oneLine(offer.about)}\n` : `${word}\n`
    })
    .join('')
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
