import {type FleetOutcome, isTouched, isWell, kindOfEnd, type ServiceEnd} from '../plan/fleet-outcome.ts'
import {hanging, listed} from './layout.ts'
import {type ColorLevel, type Palette, paletteOf} from './palette.ts'
import {durationText} from './time-text.ts'

/** The last words of a run on many services: what needs a person, one by one; the rest in one sentence. */
export function fleetOutcomeText(
  outcome: FleetOutcome,
  {width, color}: {width: number; color: ColorLevel},
): string {
  const palette = paletteOf(color)
  const bad = outcome.services.filter(end => !isWell(kindOfEnd(end)) && !isSpared(end))
  const [mark, colour] = isWell(outcome.kind) ? ['✔', palette.green] : ['✖', palette.red]
  // Many may have been stopped by the same thing.
  const alike = Map.groupBy(bad, end => `${textOf(end)}\n${nextOf(end) ?? ''}`)
  const lines = [
    ...[...alike.values()].flatMap(ends => endLines(ends, palette, width)),
    colour(hanging(`${mark} `, outcome.summary, width)),
    ...(outcome.services.some(isTouched) ? [`  in ${durationText(outcome.durationMs)}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

// Not begun, and not because of itself: the sentence below counts it.
function isSpared(end: ServiceEnd): boolean {
  return kindOfEnd(end) === 'declined' && 'outcome' in end && end.outcome.next === undefined
}

function endLines(ends: readonly ServiceEnd[], palette: Palette, width: number): string[] {
  const [end] = ends
  if (end === undefined) return []
  const isUrgent = kindOfEnd(end) !== 'declined'
  const colour = isUrgent ? palette.red : palette.yellow
  const next = nextOf(end)
  const text = textOf(end)
  const isNamed = ends.length === 1 && text.includes(end.service)
  const names = listed(ends.map(({service}) => service))
  return [
    colour(hanging(isUrgent ? '✖ ' : '! ', isNamed ? text : `${names}: ${text}`, width)),
    ...(next === undefined ? [] : [hanging('  next: ', next, width)]),
  ]
}

function textOf(end: ServiceEnd): string {
  return 'outcome' in end ? end.outcome.summary : end.error.message
}

function nextOf(end: ServiceEnd): string | undefined {
  return 'outcome' in end ? end.outcome.next : end.error.hint
}
