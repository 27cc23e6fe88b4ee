import {createRequire} from 'node:module'

/** How many columns a text takes. string-width takes longer to load than the first line may take: only if need be. */
export function textWidth(text: string): number {
  return NARROW.test(text) ? text.length : wideTextWidth(text)
}

/** ASCII, Latin, dashes and dots, arrows, box drawing, and the marks we print ourselves: one column each. */
const NARROW = /^[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u259f\u2800-\u28ff✔✖⋮❯]*$/

let stringWidth: ((text: string) => number) | undefined

function wideTextWidth(text: string): number {
  stringWidth ??= loadStringWidth()
  return stringWidth(text)
}

function loadStringWidth(): (text: string) => number {
  const module: {default: (text: string) => number} = createRequire(import.meta.url)('string-width')
  return module.default
}
