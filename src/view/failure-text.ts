import {shortImage} from '../diff/images.ts'
import type {Failure} from '../plan/events.ts'
import type {Doom, DoomReason, WorkloadProgress} from '../rollout/verdict.ts'
import {counted, cutLine, hanging, printable, wrapText} from './layout.ts'
import {type ColorLevel, type Palette, paletteOf} from './palette.ts'
import {progressText, workloadName} from './progress-text.ts'
import {spanText} from './time-text.ts'

export type FailureTextOptions = {
  width: number
  color: ColorLevel
  /** Where it happened. */
  stage: string
}

/** One short paragraph that says what is wrong, then the evidence: Kubernetes' words, the last lines of the log. */
export function failureText(failure: Failure, options: FailureTextOptions): string {
  const palette = paletteOf(options.color)
  const sentence = printable(sentenceOf(failure))
  const lines = [
    palette.red.bold(`✖ ${options.stage}: ${headlineOf(failure)}`),
    ...wrapText(sentence, options.width - 2).map(line => `  ${line}`),
    ...evidenceOf(failure, palette, options.width),
  ]
  return `${lines.join('\n')}\n`
}

function headlineOf(failure: Failure): string {
  switch (failure.kind) {
    case 'doomed':
      return `${failure.release.name} will not become healthy`
    case 'timed-out':
      return `${failure.release.name} was not healthy in time`
    case 'helm-failed':
      return `helm could not change ${failure.release.name}`
    case 'helmfile-failed':
      return 'helmfile failed'
    case 'changed-by-others':
      return `someone else has changed ${failure.release.name}`
    case 'outdated':
      return `the preview of ${failure.release.name} is out of date`
    case 'not-as-recorded':
      return `${failure.release.name} is not as it was`
    case 'interrupted':
      return 'interrupted'
    case 'others-failed':
      return `${failure.services.join(', ')} failed`
    case 'lock-lost':
      return `the lock of ${failure.environment} is lost`
    case 'infrastructure':
      return 'the cluster, not the version, is at fault'
  }
}

function sentenceOf(failure: Failure): string {
  switch (failure.kind) {
    case 'doomed':
      return `${workloadName(failure.workload)}: ${sentence(doomText(failure.doom))}${adviceText(failure)}`
    case 'timed-out':
      return `${spanText(failure.timeoutMs)} have passed. Still awaited:`
    case 'helm-failed':
    case 'helmfile-failed':
    case 'infrastructure':
      return failure.message.trim()
    case 'lock-lost':
      return `${sentence(`In ${failure.environment} ${failure.message}`)} Nothing more is begun, and nothing is taken back.`
    case 'changed-by-others':
      if (failure.workload !== undefined)
        return `${failure.workload.kind} ${failure.workload.name} has the image from before again, as after kubectl rollout undo. What they did is left as it is.`
      return `It was at ${revision(failure.expectedRevision)} when the plan was made, and is at ${revision(failure.foundRevision)} now. What they did is left as it is.`
    case 'outdated':
      return outdatedText(failure.files)
    case 'not-as-recorded':
      return `It was rolled back, but its manifest is not that of revision ${failure.toRevision}.`
    case 'interrupted':
      return interruptText(failure.signal)
    case 'others-failed':
      return 'It is healthy itself, and goes back with them: the run is one transaction (--together).'
  }
}

function interruptText(signal: string): string {
  if (signal === 'abort') return 'It was undone by deploy abort.'
  return signal === 'SIGINT' ? 'It was interrupted (Ctrl-C).' : `It was told to stop (${signal}).`
}

// A record of an older deploy has none.
function outdatedText(files: readonly string[] = []): string {
  const which = files.length === 0 ? 'Something' : files.join(', ')
  return `${which} changed since the preview, outside the charts repository, and with it the values. helm was not started with them.`
}

/** A registry's name only makes the sentence longer. */
function doomText({message, image}: Doom): string {
  return image === undefined ? message : message.replaceAll(image, shortImage(image))
}

function revision(number: number | undefined): string {
  return number === undefined ? 'no revision' : `revision ${number}`
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/** What it usually comes from, said as the guess that it is. */
const ADVICE: Partial<Record<DoomReason, string>> = {
  'out-of-memory': 'Perhaps the limit is too low for this version, or the version leaks.',
  'image-not-found': 'Perhaps the tag is mistyped, or its build has not finished.',
  'image-denied': 'Perhaps the name is mistyped, or this cluster may not pull it.',
  'config-missing': 'Perhaps the Secret or ConfigMap was renamed, or is made by another release.',
  'cannot-run': 'Perhaps the command or the entry point of the image has changed.',
  'probe-killed': 'Perhaps it starts slower than its probe allows, or listens elsewhere.',
}

function adviceText({doom, logs}: Extract<Failure, {kind: 'doomed'}>): string {
  if (doom.reason === 'crash-loop' && logs.length === 0) return ' It wrote nothing that could be read.'
  const advice = ADVICE[doom.reason]
  return advice === undefined ? '' : ` ${advice}`
}

function evidenceOf(failure: Failure, palette: Palette, width: number): string[] {
  if (failure.kind === 'timed-out') return failure.waitingFor.map(progress => awaitedLine(progress, width))
  if (failure.kind !== 'doomed') return []
  return [
    '',
    ...factsOf(failure.doom, width),
    ...causeLine(failure, width),
    ...logLines(failure, palette, width),
  ]
}

function awaitedLine(progress: WorkloadProgress, width: number): string {
  return hanging('  - ', `${workloadName(progress.workload)}: ${progressText([progress])}`, width)
}

function factsOf(doom: Doom, width: number): string[] {
  const where = [doom.pod, doom.container && `container ${doom.container}`].filter(Boolean).join(', ')
  return [
    ...(doom.evidence === '' ? [] : [hanging('  Kubernetes  ', printable(doom.evidence), width)]),
    ...(where === '' ? [] : [hanging('  pod         ', printable(where), width)]),
    ...(doom.image === undefined || doom.message.includes(doom.image)
      ? []
      : [`  image       ${printable(shortImage(doom.image))}`]),
  ]
}

/** A guess, and said as one. */
function causeLine({cause}: Extract<Failure, {kind: 'doomed'}>, width: number): string[] {
  return cause === undefined ? [] : [hanging('  perhaps     ', `this change: ${printable(cause)}`, width)]
}

const MAX_LOG_LINES = 15

function logLines({logs}: Extract<Failure, {kind: 'doomed'}>, palette: Palette, width: number): string[] {
  if (logs.length === 0) return []
  const last = logs.slice(-MAX_LOG_LINES)
  return [
    '',
    `  its last ${counted(last.length, 'line')}`,
    ...last.map(line => palette.dim('  │ ') + cutLine(printable(line), Math.max(20, 3 * width - 4))),
  ]
}
