import type {Facts, ReleaseFacts, TreeFacts} from './facts.ts'
import type {PastFinding} from './past.ts'
import {pastRefusals, pastWarnings} from './past-text.ts'
import type {Plan, Refusal, Stage} from './plan.ts'
import {isSameRelease} from './release-ref.ts'

/** What the command line allowed. */
export type PlanOptions = {
  isLocalTreeAllowed: boolean
  isOverrideAllowed: boolean
  /** A version that runs and that git does not hold: `take-git` gives it up, `keep` deploys it again. */
  override: 'decide' | 'take-git' | 'keep'
  /** Deploy a version again that was rolled back before. */
  isRetry: boolean
  /** Nobody will be asked: `--yes`, or there is no terminal. */
  isUnattended: boolean
  /** `leave`: a failed version stays as it is, to be looked at. */
  onFailure?: Plan['onFailure']
  /** All pods anew, and nothing else. */
  isRestart?: true
}

/** Every reason why this plan may not be carried out. */
export function refusalsOf(
  facts: Facts,
  stages: readonly Stage[],
  findings: readonly PastFinding[],
  options: PlanOptions,
): Refusal[] {
  return [
    ...productionTree(facts.tree, stages, options),
    ...unseenOverride(facts, stages, options),
    ...missingProduction(facts, options),
    ...missingFiles(facts, stages, options),
    ...pastRefusals(findings, options),
  ]
}

export function warningsOf(facts: Facts, findings: readonly PastFinding[], options: PlanOptions): string[] {
  return [...pastWarnings(findings, options), ...failedBefore(facts)]
}

function failedBefore(facts: Facts): string[] {
  return facts.environments.flatMap(environment =>
    environment.releases.flatMap(release =>
      release.latest?.status === 'failed'
        ? [
            `${environment.name}: the last change of ${release.name} (revision ${release.latest.revision}) failed; it is applied again.`,
          ]
        : [],
    ),
  )
}

function productionTree(tree: TreeFacts, stages: readonly Stage[], options: PlanOptions): Refusal[] {
  if (options.isLocalTreeAllowed || !hasProduction(stages)) return []
  const problem = treeProblem(tree)
  return problem === undefined
    ? []
    : [
        {
          exitKind: 'declined',
          message: `${tree.root} ${problem}: production is deployed from a clean, published tree only.`,
          hint: 'Commit and publish the change, or say --local-tree if this is meant.',
        },
      ]
}

function treeProblem(tree: TreeFacts): string | undefined {
  switch (tree.state.kind) {
    case 'clean':
      return undefined
    case 'dirty':
      return `holds uncommitted changes (${tree.state.files.slice(0, 3).join(', ')}${tree.state.files.length > 3 ? ', …' : ''})`
    case 'off-upstream':
      return `is not on its upstream branch (${tree.state.detail})`
    case 'not-git':
      return 'is not a git checkout'
  }
}

function unseenOverride(facts: Facts, stages: readonly Stage[], options: PlanOptions): Refusal[] {
  if (options.isOverrideAllowed || !options.isUnattended || !hasProduction(stages)) return []
  const [beside] = facts.environments
    .filter(environment => environment.environmentClass === 'production')
    .flatMap(environment => environment.releases.flatMap(besideGit))
  return beside === undefined
    ? []
    : [
        {
          exitKind: 'declined',
          message: `git does not hold ${beside}: nobody would see in the repository what runs in production.`,
          hint: `Say --override as well, or put it into the values first${valuesHint(facts)}`,
        },
      ]
}

function valuesHint({service, environments}: Facts): string {
  const tag = environments.flatMap(one => one.releases.flatMap(each => each.versionOverride?.tag ?? []))[0]
  return tag === undefined ? '.' : `: deploy version set ${service.name} ${tag}`
}

function besideGit({versionOverride, given}: ReleaseFacts): string[] {
  return [...(versionOverride === undefined ? [] : [`the version ${versionOverride.tag}`]), ...given]
}

function missingProduction(facts: Facts, options: PlanOptions): Refusal[] {
  const missing = facts.skipped.filter(one => one.environmentClass === 'production')
  if (!options.isUnattended || missing.length === 0) return []
  const names = missing.map(one => one.environment).join(', ')
  return [
    {
      exitKind: 'declined',
      message: `${names} cannot be deployed from here: ${missing[0]?.reason}.`,
      hint: 'Name the environments with -e, or run this where every kubeconfig is.',
    },
  ]
}

/** What only those files give would be taken away: on a machine that never had them nobody means that. */
function missingFiles(
  {environments, service}: Facts,
  stages: readonly Stage[],
  options: PlanOptions,
): Refusal[] {
  if (!options.isUnattended) return []
  return environments.flatMap(({name, releases}): Refusal[] => {
    const steps = stages.filter(stage => stage.environment === name).flatMap(stage => stage.steps)
    const changed = releases.filter(release => steps.some(step => isSameRelease(step.release, release)))
    const gone = changed.flatMap(({ridesAlong}) =>
      (ridesAlong?.outside ?? []).flatMap(({path, kind}) => (kind === 'gone' ? [path] : [])),
    )
    if (gone.length === 0) return []
    const files = [...new Set(gone)].join(', ')
    return [
      {
        exitKind: 'declined',
        message: `${name}: ${service.name} was deployed with ${files}, which cannot be read here: what only that gives would be taken away.`,
        hint: 'Deploy where the files are, or bring them here (substitutions in deploy.yaml say where). If they are gone for good, deploy once on a terminal without --yes.',
      },
    ]
  })
}

function hasProduction(stages: readonly Stage[]): boolean {
  return stages.some(stage => stage.environmentClass === 'production')
}
