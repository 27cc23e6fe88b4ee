import type {ObjectChange} from '../diff/changes.ts'
import type {ImageChange} from '../plan/plan.ts'
import {checksumsIn, dedented, type Hunk, hunkKey, hunksOf, isChangedLine, withContext} from './hunks.ts'
import {counted, cutLine, listed, printable} from './layout.ts'
import type {Palette} from './palette.ts'

/** How much of the differences is shown. */
export type ChangeOptions = {
  width: number
  palette: Palette
  contextLines: number
  /** `short` leaves out what a deployer can look up, and says where; `full` leaves out nothing. */
  detail: 'short' | 'full'
  /** What earlier stages changed, by hunk, and which stage it was. */
  seen: ReadonlyMap<string, string>
  /** For how long ago something was. */
  nowMs: number
  /** Whether `deploy render` shows as a manifest what would be too long here. */
  isOfGit?: boolean
  /** `name-version`, as charts label their objects, where the release's own line tells it. */
  chart?: {before: string; after: string}
}

/** The objects of one release, each with its differences. `isCut` if there is more to see than was shown. */
export function changesText(
  changes: readonly ObjectChange[],
  images: readonly ImageChange[],
  options: ChangeOptions,
): {lines: string[]; isCut: boolean} {
  const sameAs = sameStage(changes, options)
  if (sameAs !== undefined) return {lines: [sameText(changes, sameAs, options)], isCut: false}
  if (options.detail === 'full' && options.isOfGit !== false && isMuchAndNew(changes)) {
    const {lines} = changesText(changes, images, {...options, detail: 'short'})
    return {lines, isCut: true}
  }
  let room = options.detail === 'full' ? Number.POSITIVE_INFINITY : roomFor(changes)
  const texts = changes.map(change => {
    const text = changeText(change, images, room, options)
    room -= text.lines.length - 1
    return text
  })
  return {lines: texts.flatMap(text => text.lines), isCut: texts.some(text => text.isCut)}
}

/** The hunks of a stage, to be folded when a later stage has them again. */
export function hunkKeysOf(changes: readonly ObjectChange[]): string[] {
  return changes.flatMap(change => hunksOf(change).map(hunk => hunkKey(change, hunk)))
}

export const MAX_OBJECT_LINES = 16
const MAX_RELEASE_LINES = 60

function sameStage(changes: readonly ObjectChange[], {seen}: ChangeOptions): string | undefined {
  const stages = new Set(hunkKeysOf(changes).map(key => seen.get(key)))
  return stages.size === 1 ? [...stages][0] : undefined
}

function sameText(changes: readonly ObjectChange[], stage: string, {palette, width}: ChangeOptions): string {
  const restarted = changes
    .filter(change => change.restartsPods)
    .map(change => `${change.objectKind} ${change.name}`)
  const restarts = restarted.length === 0 ? '' : palette.dim(` · restarts ${listed(restarted)}`)
  return cutLine(`    the same changes as in ${stage}${restarts}`, width + restarts.length)
}

// Nobody compares it with anything: `deploy render` shows it as a manifest.
function isMuchAndNew(changes: readonly ObjectChange[]): boolean {
  const lines = changes.reduce((sum, {diff}) => sum + diff.split('\n').length, 0)
  return changes.every(change => change.kind === 'added') && lines > MAX_RELEASE_LINES
}

/** Of a first installation only the names: everything is new. */
function roomFor(changes: readonly ObjectChange[]): number {
  return changes.every(change => change.kind === 'added') ? 0 : MAX_RELEASE_LINES
}

function changeText(
  change: ObjectChange,
  images: readonly ImageChange[],
  room: number,
  options: ChangeOptions,
) {
  const hunks = hunksOf(change)
  const told = toldBy(hunks, images, options)
  const folded = told.length > 0 ? [] : hunks.flatMap(hunk => options.seen.get(hunkKey(change, hunk)) ?? [])
  const fresh = hunks
    .filter(hunk => !options.seen.has(hunkKey(change, hunk)))
    .flatMap(hunk => withoutTold(hunk, images, options.chart))
  const heading = headingOf(change, told, options)
  const body = fresh.flatMap(hunk => hunkLines(hunk, change, options))
  const limit = options.detail === 'full' ? body.length : shownLines(change, body.length, room)
  const more = body.length - limit
  const lines = [
    more > 0 && limit === 0 ? `${heading}${options.palette.dim(`  ${counted(more, 'line')}`)}` : heading,
    ...body.slice(0, limit),
    ...(more > 0 && limit > 0
      ? [options.palette.dim(`        … ${counted(more, 'more line', 'more lines')}`)]
      : []),
    ...(folded.length > 0
      ? [options.palette.dim(`        the same as in ${[...new Set(folded)].join(', ')}`)]
      : []),
  ]
  return {lines, isCut: more > 0}
}

/** Nobody reads a removed object; a new one is shown if it is small. */
function shownLines(change: ObjectChange, length: number, room: number): number {
  if (change.kind === 'removed') return 0
  if (change.kind === 'added' && length > Math.min(MAX_OBJECT_LINES, room)) return 0
  const limit = Math.max(0, Math.min(MAX_OBJECT_LINES, room))
  // A line that says `1 more line` takes the room of that line.
  return length <= limit + 1 ? length : limit
}

function headingOf(change: ObjectChange, told: readonly string[], {palette, width}: ChangeOptions): string {
  const mark = {added: palette.green('+'), changed: palette.yellow('~'), removed: palette.red('-')}[
    change.kind
  ]
  const notes = [
    ...(change.kind === 'changed' ? told : []),
    ...(change.kind === 'added' ? ['new'] : []),
    ...(change.kind === 'removed' ? ['removed'] : []),
    ...(change.restartsPods ? [change.kind === 'added' ? 'starts pods' : 'restarts its pods'] : []),
  ]
  const name = cutLine(printable(`${change.objectKind} ${change.name}`), width - 24)
  return `    ${mark} ${name}${notes.length === 0 ? '' : palette.dim(` · ${notes.join(' · ')}`)}`
}

export function hunkLines(hunk: Hunk, change: ObjectChange, options: ChangeOptions): string[] {
  const checksums = checksumsIn(hunk)
  if (checksums.length > 0)
    return [`        ${options.palette.dim(cut(`${listed(checksums)} changed`, options))}`]
  const near = withContext(hunk, options.contextLines)
  const {lines, path} = options.detail === 'full' ? near : dedented(near)
  const heading = change.kind === 'changed' && path !== '' ? [options.palette.cyan(cut(path, options))] : []
  return [...heading, ...lines.map(line => coloured(cut(line, options), options.palette))].map(
    line => `        ${line}`,
  )
}

function cut(line: string, {width, detail}: ChangeOptions): string {
  const text = printable(line)
  return detail === 'full' ? text : cutLine(text, Math.max(20, width - 8))
}

function coloured(line: string, palette: Palette): string {
  if (line.startsWith('+')) return palette.green(line)
  return line.startsWith('-') ? palette.red(line) : palette.dim(line)
}

/** What an object's changes are, in words, where the release's own lines have told all of them. */
function toldBy(hunks: readonly Hunk[], images: readonly ImageChange[], {chart}: ChangeOptions): string[] {
  const isTold = (some: readonly ImageChange[], its: ChangeOptions['chart']) =>
    hunks.every(hunk => withoutTold(hunk, some, its).length === 0)
  if (isTold(images, undefined)) return ['the image']
  if (isTold([], chart)) return ["the chart's version"]
  return isTold(images, chart) ? ['the image', "the chart's version"] : []
}

/** The release's own lines have told images and chart already; nothing is left of a hunk that had nothing else to say. */
function withoutTold(hunk: Hunk, images: readonly ImageChange[], chart: ChangeOptions['chart']): Hunk[] {
  const told = new Set(images.flatMap(image => [image.before, image.after]))
  const lines = hunk.lines.filter(line => {
    const image = /^[-+]\s*(?:- )?image: "?([^"]*)"?$/.exec(line)?.[1]
    const label = /^[-+]\s*(?:helm\.sh\/)?chart: "?([^"]*)"?$/.exec(line)?.[1]
    if (label !== undefined && label === (line.startsWith('-') ? chart?.before : chart?.after)) return false
    return image === undefined || !told.has(image)
  })
  const path = lines.length < hunk.lines.length ? hunk.path.replace(TOLD_FIELD, '') : hunk.path
  return lines.some(isChangedLine) ? [{path, lines}] : []
}

const TOLD_FIELD = /\.image$|(?<=labels)[.[](?:helm\.sh\/)?chart\]?$/
