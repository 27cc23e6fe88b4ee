import {fractionOf, spreadOf} from './dice.ts'

/** What one kill is: the same seed and index always give the same. */
export type KillPlan = {
  index: number
  /** `alone`: deploy itself, its children go on. `tree`: all that it started, as when the host goes down. */
  who: 'alone' | 'tree'
  /** Whose version is bad; nobody's, mostly. */
  bad: 'none' | 'first' | 'second'
  /** Where in the run, as a part of what it says from beginning to end; and how long after that. */
  at: number
  delayMs: number
  /** How each of the two services is finished. */
  finish: readonly ['resume' | 'abort', 'resume' | 'abort']
  /** The one that finishes it is killed once as well. */
  killsFinisher: boolean
}

export function planKill(seed: string, index: number): KillPlan {
  const of = (what: string) => fractionOf(`${seed}/${index}/${what}`)
  return {
    index,
    who: of('who') < 0.5 ? 'alone' : 'tree',
    bad: of('bad') < 0.7 ? 'none' : of('whose') < 0.5 ? 'first' : 'second',
    at: spreadOf(seed, index),
    delayMs: Math.floor(of('delay') ** 2 * 700),
    finish: [of('finish first') < 0.5 ? 'resume' : 'abort', of('finish second') < 0.5 ? 'resume' : 'abort'],
    killsFinisher: of('finisher') < 0.2,
  }
}
