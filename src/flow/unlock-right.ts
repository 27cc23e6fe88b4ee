import type {UnlockRight} from './freeze.ts'
import type {World} from './world.ts'

/** What whoever types `deploy unlock` may remove. @param force the reason of `--force` */
export function unlockRight(
  force: string | undefined,
  {runId, startedAt, actor, secrecy}: Pick<World, 'runId' | 'startedAt' | 'actor' | 'secrecy'>,
): UnlockRight {
  if (force === undefined) return {kind: 'own', by: actor.user}
  const message = secrecy.mask(force)
  return {kind: 'anybody', unlock: {runId, startedAt, by: actor.user, from: actor.host, message}}
}
