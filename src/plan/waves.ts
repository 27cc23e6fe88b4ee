import type {Stage} from './plan.ts'

/**
 * A run on many services goes in waves: all of staging, then every canary, then the rest of production; no service
 * begins the next one before all others are done with this one.
 */
export const WAVES = ['staging', 'canary', 'production'] as const
export type Wave = (typeof WAVES)[number]

export function waveOf({environmentClass, role}: Pick<Stage, 'environmentClass' | 'role'>): Wave {
  if (environmentClass === 'staging') return 'staging'
  return role === 'canary' ? 'canary' : 'production'
}

/** What a person is asked before a wave that follows another one; nothing before the first. */
export function waveQuestion(wave: Wave, done: readonly Wave[]): string | undefined {
  const last = done.at(-1)
  if (last === undefined || wave === 'staging') return undefined
  if (last === 'canary')
    return 'The canaries are healthy. Go on with the rest of production? (n pauses, and leaves them there)'
  return 'Staging is done. Go on to production? (n pauses)'
}
