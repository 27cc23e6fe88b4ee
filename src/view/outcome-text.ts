import {imageName, tagOf} from '../diff/images.ts'
import {isTouched, type Outcome, type ReleaseEnd} from '../plan/outcome.ts'
import type {Plan} from '../plan/plan.ts'
import {rowsInColumns} from './columns.ts'
import {counted, hanging} from './layout.ts'
import {type ColorLevel, type Palette, paletteOf} from './palette.ts'
import {durationText} from './time-text.ts'

/** The last words of a run: how it ended, what is where now, what it cost, what to type next. */
export function outcomeText(outcome: Outcome, {width, color}: {width: number; color: ColorLevel}): string {
  const palette = paletteOf(color)
  const lines = [
    headline(outcome, palette, width),
    ...(isTouched(outcome) ? releaseLines(outcome.releases, palette, width) : []),
    ...(isTouched(outcome) ? [hanging('  ', timesText(outcome), width)] : []),
    ...(outcome.next === undefined ? [] : [`  next: ${palette.bold(outcome.next)}`]),
  ]
  return `${lines.join('\n')}\n`
}

/** Whether the preview has said all there is to say: nothing to do, a mere preview, or a refusal. */
export function isToldByPlan(outcome: Outcome, plan: Plan | undefined): boolean {
  if (plan === undefined || isTouched(outcome)) return false
  return plan.refusals.length > 0 || outcome.kind === 'deployed' || outcome.kind === 'changes'
}

function headline(outcome: Outcome, palette: Palette, width: number): string {
  const [mark, colour] = markOf(outcome, palette)
  return colour(hanging(`${mark} `, outcome.summary, width))
}

function markOf({kind}: Outcome, palette: Palette): [string, (text: string) => string] {
  if (kind === 'deployed' || kind === 'changes') return ['✔', palette.green]
  if (kind === 'paused' || kind === 'declined') return ['!', palette.yellow]
  return ['✖', palette.red]
}

function releaseLines(ends: readonly ReleaseEnd[], palette: Palette, width: number): string[] {
  const rows = ends.map(end => [end.environment, end.release.name, stateText(end), imagesText(end)])
  return rowsInColumns(rows, {width, lead: '  ', under: 2}).flatMap((lines, index) =>
    lines.map(line => colourOf(ends[index], palette)(line)),
  )
}

function stateText({state, revision, toRevision}: ReleaseEnd): string {
  const words: Record<ReleaseEnd['state'], string> = {
    deployed: `deployed${revision === undefined ? '' : `, revision ${revision}`}`,
    unchanged: `unchanged${revision === undefined ? '' : `, revision ${revision}`}`,
    restored: `${backText(toRevision, revision)}, healthy`,
    removed: 'removed again',
    'not-reached': 'not touched',
    'not-restored': `NOT BACK${revision === undefined ? '' : `, still revision ${revision}`}`,
  }
  return words[state]
}

/** helm counts going back as a revision of its own. */
function backText(toRevision: number | undefined, revision: number | undefined): string {
  if (toRevision === undefined || toRevision === revision)
    return revision === undefined ? 'back' : `back at revision ${revision}`
  return `back to revision ${toRevision}${revision === undefined ? '' : ` (now ${revision})`}`
}

/** The tag alone where there is one image; nothing of what was not touched, or is not known to run. */
function imagesText({images, state}: ReleaseEnd): string {
  if (state !== 'deployed' && state !== 'unchanged' && state !== 'restored') return ''
  const distinct = [...new Set(images)]
  if (distinct.length === 1) return tagOf(distinct[0] ?? '')
  const [first] = distinct
  if (first === undefined) return ''
  return `${imageName(first).split('/').at(-1)}:${tagOf(first)} and ${counted(distinct.length - 1, 'more image')}`
}

function colourOf(end: ReleaseEnd | undefined, palette: Palette): (text: string) => string {
  if (end?.state === 'not-restored') return palette.red.bold
  return end?.state === 'not-reached' || end?.state === 'unchanged' ? palette.dim : text => text
}

/** How long it took, and what a bad version cost; the other failures have no such moment. */
function timesText({durationMs, timings, failure, kind}: Outcome): string {
  const whole = `in ${durationText(durationMs)}`
  if (timings === undefined || failure?.kind !== 'doomed') return whole
  const isAtOnce = timings.verdictMs < 100
  const judged = isAtOnce
    ? 'judged at once'
    : `judged ${durationText(timings.verdictMs)} after Kubernetes showed it`
  const back = kind === 'partly-back' ? [] : [`back and healthy ${durationText(timings.backMs)} later`]
  return [whole, judged, ...back].join('; ')
}
