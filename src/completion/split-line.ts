/**
 * The words of a line as a POSIX shell would take it apart; nothing is expanded. The last word is the one that the
 * cursor stands behind: empty after a blank.
 */
export function splitLine(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote: '"' | "'" | undefined
  for (let index = 0; index < line.length; index++) {
    const letter = line[index] ?? ''
    if (quote !== undefined) {
      if (letter === quote) quote = undefined
      else word = (word ?? '') + letter
    } else if (letter === '"' || letter === "'") {
      quote = letter
      word ??= ''
    } else if (letter === '\\') {
      index += 1
      word = (word ?? '') + (line[index] ?? '')
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      word = (word ?? '') + letter
    }
  }
  return [...words, word ?? '']
}
