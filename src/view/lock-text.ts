import {sinceText} from '../plan/frozen.ts'
import {listed} from './layout.ts'

type Held = {
  place: {service: string; environment: string}
  was: {by: string; since: string; reason: string; runId: string}
}

/** What was given free, one line for each lock. */
export function unlockedText(unlocked: readonly Held[]): string {
  if (unlocked.length === 0) return 'nothing is locked there'
  return unlocked
    .map(({place, was}) => `unlocked ${place.service} in ${place.environment}; ${heldText('held', was)}`)
    .join('\n')
}

/** Where nobody can deploy all the same. */
export function stillLocked(still: readonly Held[]): string[] {
  return still.map(
    ({place: {environment}, was}) =>
      `everything in ${environment} is locked: ${heldText('holds', was)}. It ends with deploy unlock --all -e ${environment}.`,
  )
}

/** The same of everything: one line for an environment and who held it. */
export function unlockedAllText(unlocked: readonly Held[]): string {
  if (unlocked.length === 0) return 'nothing is locked there as a whole'
  const groups = Map.groupBy(unlocked, ({place, was}) => `${place.environment} ${was.runId}`)
  const lines = [...groups.values()].map(
    ([first]) => first && `unlocked everything in ${first.place.environment}; ${heldText('held', first.was)}`,
  )
  return lines.join('\n')
}

/** What is locked, who had begun before, and what is not. */
export function lockedAllText({
  counts,
  atWork,
  leftOut,
}: {
  counts: ReadonlyMap<string, number>
  atWork: readonly {place: Held['place']; holder: Held['was']}[]
  leftOut: readonly string[]
}): string {
  return [
    ...[...counts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `locked everything in ${name}: ${countText(count)}`),
    ...atWork.map(
      ({place, holder}) =>
        `still at work: ${place.service} in ${place.environment}, run ${holder.runId} of ${holder.by} since ${sinceText(holder.since)}; it goes on to its end`,
    ),
    ...leftOutText(leftOut),
  ].join('\n')
}

/** What cannot be reached from here, and was not named by itself. */
export function leftOutText(leftOut: readonly string[]): string[] {
  return leftOut.map(text => `left out: ${text}`)
}

/** Those that could not be locked or unlocked. */
export function failedParts(failed: readonly {service: string; error: Error}[]): string {
  return listed(failed.map(({service, error}) => `${service} (${error.message.split('\n')[0]})`))
}

function countText(count: number): string {
  return count === 1 ? '1 service' : `${count} services`
}

function heldText(verb: 'held' | 'holds', {by, since, reason}: Held['was']): string {
  return `${by} ${verb} it since ${sinceText(since)}${reason === '' ? '' : `: ${reason}`}`
}
