import type {PlanOptions} from './guards.ts'
import type {PastRelease} from './origin.ts'
import type {LiveOverride, PastFinding} from './past.ts'
import type {Refusal} from './plan.ts'

/** What a person is told of what is not refused anyway. */
export function pastWarnings(findings: readonly PastFinding[], options: PlanOptions): string[] {
  const refused = new Set(pastRefusals(findings, options).map(one => one.message))
  return together(findings)
    .map(pastText)
    .filter(text => !refused.has(text))
}

/** What stops a run that nobody watches, unless its flags decide. */
export function pastRefusals(findings: readonly PastFinding[], options: PlanOptions): Refusal[] {
  if (!options.isUnattended) return []
  const open = together(findings.filter(finding => !isDecided(finding, options)))
  const hints = new Set<string>()
  return open.map(found => {
    const hint = hintOf(found.finding)
    const isSaid = hints.has(hint)
    hints.add(hint)
    return {exitKind: 'declined', message: pastText(found), hint: isSaid ? '' : hint}
  })
}

/** One finding of several releases. */
type Found = {where: string; releases: readonly string[]; finding: PastFinding}

// One run has often left the same in several releases and environments: that is said once.
function together(findings: readonly PastFinding[]): Found[] {
  const inEnvironment = [...Map.groupBy(findings, one => `${one.environment} ${sameness(one)}`).values()]
  const found = inEnvironment.flatMap(some => {
    const [finding] = some
    return finding === undefined ? [] : [{finding, releases: some.map(one => one.release)}]
  })
  const everywhere = Map.groupBy(found, one => `${one.releases.join(' ')} ${sameness(one.finding)}`)
  return [...everywhere.values()].flatMap(some => {
    const [first] = some
    const where = some.map(one => one.finding.environment).join(', ')
    return first === undefined ? [] : [{...first, where}]
  })
}

// The run left another revision in each, which is not told.
function sameness(finding: PastFinding): string {
  return pastText({where: '', releases: ['it'], finding})
}

function isDecided(finding: PastFinding, {override, isRetry}: PlanOptions): boolean {
  switch (finding.kind) {
    case 'override-taken-back':
      return override !== 'decide'
    case 'values-taken-back':
      return override === 'take-git'
    case 'rolled-back-before':
      return isRetry || (finding.before.how === 'asked' && override === 'take-git')
    case 'rollback-taken-back':
      return isRetry || override === 'take-git'
  }
}

function pastText({where, releases, finding}: Found): string {
  const names = releases.join(' and ')
  const isOne = releases.length === 1
  switch (finding.kind) {
    case 'override-taken-back': {
      const {override, newTags} = finding
      const next = newTags.length === 1 ? `git's ${newTags[0]}` : "git's version"
      return `${where}: ${names} ${isOne ? 'runs' : 'run'} ${override.tag}, which git did not hold when ${overrideText(override)}; this deploys ${next} over it.`
    }
    case 'values-taken-back':
      return `${where}: ${names} ${isOne ? 'was' : 'were'} deployed with ${finding.given.join(' ')}, which git does not hold; this takes it back to git's values.`
    case 'rolled-back-before': {
      const {run, how} = finding.before
      const what = how === 'failed' ? 'failed' : 'went back from it'
      return `${where}: this version of ${names} was rolled back here before: ${runText(run)} ${what}.`
    }
    case 'rollback-taken-back': {
      const {wentBack, newChart} = finding
      const by =
        wentBack.run === undefined ? 'helm went back to by hand' : `${runText(wentBack.run)} went back to`
      const next =
        newChart === undefined ? "git's configuration" : `git's chart ${newChart} and configuration`
      return `${where}: ${names} ${isOne ? 'runs' : 'run'} what ${by}; this deploys ${next} over it.`
    }
  }
}

function overrideText({how}: LiveOverride): string {
  if (how.kind === 'deployed') return `it was deployed by ${runText(how.run)}`
  const {run} = how.wentBack
  return run === undefined ? 'helm went back to it by hand' : `${runText(run)} went back to it`
}

export function runText({runId, by, startedAt, message}: PastRelease): string {
  const why = message === undefined ? '' : `: ${message.replaceAll(/\s+/g, ' ').trim()}`
  return `run ${runId} (${by}, ${startedAt.slice(0, 16).replace('T', ' ')} UTC${why})`
}

function hintOf(finding: PastFinding): string {
  switch (finding.kind) {
    case 'override-taken-back':
      return `Say --take-git to deploy git's version, or --keep-override to keep ${finding.override.tag}.`
    case 'values-taken-back':
      return `Say --take-git to go back to git's values, or give them again: ${finding.given.join(' ')}`
    case 'rolled-back-before':
      return 'Say --retry to try it again.'
    case 'rollback-taken-back':
      return "Say --retry to deploy git's chart and configuration again."
  }
}
