import type {TreeFacts} from '../plan/facts.ts'
import type {Plan, Refusal, Stage} from '../plan/plan.ts'
import {type ChangeOptions, hunkKeysOf} from './change-text.ts'
import {driftText} from './drift-text.ts'
import {type InFull, inFullText, isOfGit} from './in-full.ts'
import {hanging, listed} from './layout.ts'
import {type ColorLevel, type Palette, paletteOf} from './palette.ts'
import {releaseText} from './release-text.ts'
import {overviewLines} from './overview-text.ts'
import {rideAlongKeys} from './ride-along-text.ts'
import {ageText, spanText} from './time-text.ts'

export type PlanTextOptions = {
  width: number
  color: ColorLevel
  /** Unchanged lines around a change; no more than the plan was made with. */
  contextLines: number
  detail: 'short' | 'full'
  /** For the age of the commit. */
  nowMs: number
  /** What shows the whole plan, as the caller was asked for it; the service and environments unless it knows better. */
  inFull?: InFull
  /** What was shown before this plan, by hunk, and where; it grows. */
  seen?: Map<string, string>
}

/** The preview: what will change, where, in which order, and what will restart. No change: one plain line. */
export function planText(plan: Plan, options: PlanTextOptions): string {
  const palette = paletteOf(options.color)
  const about = [...leftOut(plan, options.width), ...notices(plan, palette, options.width)]
  const drift = driftText(plan.drift, {...options, palette})
  if (plan.stages.length === 0) return paragraphs([[nothingText(plan, options)], drift.lines, about])
  const stages = stageTexts(plan, {...options, palette})
  const more = [drift, ...stages].some(part => part.isCut)
    ? [palette.dim(inFullText(plan, options.detail, options.width, options.inFull))]
    : []
  return paragraphs([
    header(plan, options, palette),
    overviewLines(plan, options.width),
    ...stages.map(stage => stage.lines),
    drift.lines,
    [...more, ...about],
  ])
}

function header(plan: Plan, {nowMs, width, seen}: PlanTextOptions, palette: Palette): string[] {
  const goesOn = plan.finishes !== undefined && plan.kind !== 'abort'
  const what = goesOn ? `Go on: ${HEADERS[plan.kind].toLowerCase()}` : HEADERS[plan.kind]
  const where = listed([...new Set(plan.stages.map(stage => stage.environment))])
  return [
    palette.bold(`${what} ${plan.service.name} ${plan.kind === 'deploy' ? 'to' : 'in'} ${where}`),
    ...finishedLines(plan, width),
    ...undoneLines(plan, width),
    // Beside other services it is said once for all.
    ...(seen === undefined ? [hanging('  charts  ', treeText(plan.tree, nowMs), width)] : []),
  ]
}

/** The runs that going back undoes, with their environments where they are several. */
function undoneLines({undoes = []}: Plan, width: number): string[] {
  const byRun = [...Map.groupBy(undoes, one => one.text)]
  return byRun.map(([text, some], index) => {
    const where = byRun.length === 1 ? '' : ` in ${listed(some.map(one => one.environment))}`
    return hanging(index === 0 ? '  undoes  ' : '          ', `${text}${where}`, width)
  })
}

const HEADERS: Record<Plan['kind'], string> = {
  deploy: 'Deploy',
  rollback: 'Roll back',
  'image-rollback': 'Roll back the image of',
  abort: 'Undo',
}

/** The run that was left unfinished, and what stands where. */
function finishedLines({finishes}: Plan, width: number): string[] {
  if (finishes === undefined) return []
  const lines = finishes.standing.map(line => hanging('          ', line, width))
  return [`  run     ${finishes.runId}`, ...lines]
}

/** Which tree, commit and age: every run says it. */
export function treeText(tree: TreeFacts, nowMs: number): string {
  if (tree.state.kind === 'not-git') return `${tree.root}, not a git checkout`
  const age = tree.commitTime === undefined ? [] : [ageText(nowMs - Date.parse(tree.commitTime))]
  const branch = tree.branch === undefined ? 'detached' : tree.branch
  return [
    `${tree.root}, ${branch} at ${tree.commit?.slice(0, 8) ?? 'no commit'}`,
    ...age,
    ...treeState(tree),
  ].join(', ')
}

function treeState({state}: TreeFacts): string[] {
  if (state.kind === 'off-upstream') return [`not on its upstream branch (${state.detail})`]
  if (state.kind !== 'dirty') return []
  const rest = state.files.length - 2
  const names = rest > 0 ? [...state.files.slice(0, 2), `${rest} more`] : state.files
  return [`with uncommitted changes in ${listed(names)}`]
}

function stageTexts(
  plan: Plan,
  options: PlanTextOptions & {palette: Palette},
): {lines: string[]; isCut: boolean}[] {
  const seen = options.seen ?? new Map<string, string>()
  // Beside other services an environment's name alone says too little.
  const placeOf = ({name}: Stage) => (options.seen === undefined ? name : `${plan.service.name} ${name}`)
  return plan.stages.map((stage, index) => {
    const text = stageText(stage, plan.stages.length === 1 ? '' : `${index + 1} `, {
      ...options,
      seen,
      isOfGit: isOfGit(plan),
    })
    const keys = stage.steps.flatMap(step => [
      ...hunkKeysOf([...step.changes, ...step.hooks.flatMap(({change}) => change ?? [])]),
      ...rideAlongKeys(step),
    ])
    // Named after the first stage that had it: that is where it is shown.
    for (const key of keys) if (!seen.has(key)) seen.set(key, placeOf(stage))
    return text
  })
}

function stageText(stage: Stage, number: string, options: ChangeOptions): {lines: string[]; isCut: boolean} {
  const {palette} = options
  const hold = stage.windowMs > 0 ? ` · must stay healthy ${spanText(stage.windowMs)}` : ''
  const releases = stage.steps.map(step => releaseText(step, stage, options))
  return {
    lines: [
      ...stageHeading(number + stage.name, `${stage.server}${hold}`, options),
      ...(stage.gate.kind === 'confirm' ? [palette.dim('  asks before it begins')] : []),
      ...releases.flatMap(release => release.lines),
    ],
    isCut: releases.some(release => release.isCut),
  }
}

function stageHeading(name: string, about: string, {palette, width}: ChangeOptions): string[] {
  const isTooLong = name.length + about.length + 3 > width
  if (isTooLong) return [palette.bold(name), palette.dim(`  ${about}`)]
  return [`${palette.bold(name)}${palette.dim(` · ${about}`)}`]
}

function nothingText(plan: Plan, {nowMs, width}: PlanTextOptions): string {
  if (plan.finishes !== undefined) {
    const verb = plan.kind === 'abort' ? 'undo' : 'do'
    return [`${plan.service.name}: nothing of it is left to ${verb}`, ...finishedLines(plan, width)].join(
      '\n',
    )
  }
  const where = listed(plan.unchanged.map(one => one.environment))
  const isBack = plan.kind === 'rollback' || plan.kind === 'image-rollback'
  const isLost = isBack && plan.refusals.some(({exitKind}) => exitKind === 'not-found')
  const what = isLost
    ? `${plan.service.name}: nothing to go back to`
    : `${plan.service.name}: nothing to do${where === '' ? '' : ` in ${where}`}`
  return [what, hanging('  charts  ', treeText(plan.tree, nowMs), width)].flat().join('\n')
}

function leftOut(plan: Plan, width: number): string[] {
  const isPartial = plan.stages.length > 0
  const unchanged = isPartial ? plan.unchanged.filter(one => one.releases.length > 0) : []
  return [
    ...unchanged.map(one =>
      hanging(
        'unchanged  ',
        `${one.environment}: ${listed(one.releases.map(release => `${release.name} (revision ${release.revision})`))}`,
        width,
      ),
    ),
    ...plan.skipped.map(one => hanging('left out   ', `${one.environment}: ${one.reason}`, width)),
    ...notInstalled(plan, width),
  ]
}

/** helmfile's own word for these is `installed: false`; taking them away is helmfile's business. What is not there is no news. */
function notInstalled(plan: Plan, width: number): string[] {
  const there = plan.notInstalledHere.filter(({found}) => found !== 'nothing')
  const groups = Map.groupBy(there, ({environment, found}) => `${environment} ${found}`)
  return [...groups.values()].map(some => {
    const {environment = '', found} = some[0] ?? {}
    const names = some.map(({release}) => release.name)
    const commands = names.map(name => `helmfile -e ${environment} -l name=${name} apply`)
    const it = names.length === 1 ? 'it' : 'them'
    const be = found !== 'installed' ? 'may be' : names.length === 1 ? 'is' : 'are'
    return hanging(
      'untouched  ',
      `${environment}: ${listed(names)} (installed: false) ${be} there. To take ${it} away:\n${commands.join('\n')}`,
      width,
    )
  })
}

function notices(plan: Plan, palette: Palette, width: number): string[] {
  return [
    ...plan.warnings.map(warning => palette.yellow(hanging('! ', warning, width))),
    ...plan.refusals.map(refusal => refusalText(refusal, palette, width)),
  ]
}

function refusalText(refusal: Refusal, palette: Palette, width: number): string {
  const hint = refusal.hint === '' ? [] : [hanging('  ', refusal.hint, width)]
  return [palette.red(hanging('✖ ', refusal.message, width)), ...hint].join('\n')
}

function paragraphs(blocks: readonly (readonly string[])[]): string {
  return `${blocks
    .filter(block => block.length > 0)
    .map(block => block.join('\n'))
    .join('\n\n')}\n`
}
