export type Span = {start: number; end: number}

/**
 * Finds every occurrence of many texts, overlapping ones as well, and the beginning of one where the text was cut off. A rolling hash of their first characters passes over
 * the text once, so it takes hardly longer for a thousand texts than for one.
 * @param texts none shorter than `windowChars`
 */
export function makeFinder(texts: readonly string[], windowChars: number): (text: string) => Span[] {
  const byStart = Map.groupBy(texts, text => text.slice(0, windowChars))
  const filter = new Uint8Array(FILTER_SIZE)
  for (const start of byStart.keys()) filter[slotOf(hashOf(start))] = 1
  const outgoing = powerOf(windowChars - 1)

  return text => {
    const spans: Span[] = []
    const end = text.endsWith('…') ? text.length - 1 : text.length
    if (byStart.size === 0 || text.length < windowChars) return spans
    let hash = hashOf(text.slice(0, windowChars))
    for (let start = 0; ; start++) {
      if (filter[slotOf(hash)] === 1) {
        const candidates = byStart.get(text.slice(start, start + windowChars)) ?? []
        for (const one of candidates) {
          if (text.startsWith(one, start)) spans.push({start, end: start + one.length})
          else if (start + one.length > end && one.startsWith(text.slice(start, end)))
            spans.push({start, end})
        }
      }
      const next = start + windowChars
      if (next >= text.length) return spans
      hash = roll(hash, text.charCodeAt(start), outgoing, text.charCodeAt(next))
    }
  }
}

const FILTER_SIZE = 1 << 16
const BASE = 0x01000193

function hashOf(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++)
    hash = (Math.imul(hash, BASE) + text.charCodeAt(index)) | 0
  return hash
}

function roll(hash: number, gone: number, outgoing: number, come: number): number {
  return (Math.imul((hash - Math.imul(gone, outgoing)) | 0, BASE) + come) | 0
}

function powerOf(exponent: number): number {
  let power = 1
  for (let count = 0; count < exponent; count++) power = Math.imul(power, BASE)
  return power
}

/** The upper bits: the lower ones of this hash know only the last characters. */
function slotOf(hash: number): number {
  return hash >>> 16
}
