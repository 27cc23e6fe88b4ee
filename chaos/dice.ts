import {createHash} from 'node:crypto'

/** What the seed has for this question, from 0 to 1: the same text always gives the same. */
export function fractionOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}

const GOLDEN = 0.618_033_988_75

/** Neighbours lie far apart, so any range of them covers the whole evenly. */
export function spreadOf(seed: string, index: number): number {
  return (fractionOf(seed) + index * GOLDEN) % 1
}
