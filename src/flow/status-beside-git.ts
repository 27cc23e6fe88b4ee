import {compareImages} from '../diff/images.ts'
import type {RunRecord} from '../journal/record.ts'
import type {ReleaseFacts} from '../plan/facts.ts'
import type {ImageChange} from '../plan/plan.ts'
import type {ReleaseStatus} from '../plan/status.ts'
import {maskedComparison} from './masked-comparison.ts'
import {releaseStatus} from './status-release.ts'
import type {World} from './world.ts'

/** What git says of a release, beside what runs. */
export type GitState =
  | {kind: 'as-in-git'}
  | {kind: 'differs'; images: readonly ImageChange[]; chart: string | undefined; changedObjects: number}
  | {kind: 'never-deployed'}

/** What was rendered and read decides, where the records could only tell what was so once. */
export function besideRender(
  release: ReleaseFacts,
  records: readonly RunRecord[],
  world: World,
): ReleaseStatus & {git: GitState} {
  const git = gitState(release, world)
  const {override, overrideFrom, wentBack, ...status} = releaseStatus(release, records)
  const isBeside = git.kind === 'differs' && git.images.length > 0
  const drifted = release.drift.objects.map(({deployed}) => `${deployed.kind} ${deployed.name}`)
  return {
    ...status,
    ...(isBeside && override !== undefined ? {override} : {}),
    ...(isBeside && overrideFrom !== undefined ? {overrideFrom} : {}),
    ...(git.kind === 'differs' && wentBack !== undefined ? {wentBack} : {}),
    ...(drifted.length === 0 ? {} : {changedByHand: drifted}),
    git,
  }
}

function gitState({deployed, wanted, chart}: ReleaseFacts, world: World): GitState {
  if (deployed === undefined) return {kind: 'never-deployed'}
  const changes = maskedComparison(0, world)(deployed.objects, wanted)
  if (changes.length === 0) return {kind: 'as-in-git'}
  const isSameChart = deployed.chart.name === chart.name && deployed.chart.version === chart.version
  return {
    kind: 'differs',
    images: compareImages(deployed.objects, wanted),
    chart: isSameChart ? undefined : `${chart.name}-${chart.version}`,
    changedObjects: changes.length,
  }
}
