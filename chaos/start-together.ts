import {kubectl, newTag, pushTag, startDeploy} from '../test/e2e/deploy.ts'
import {openTemporary} from './leftovers.ts'
import type {RacePlan} from './race-plan.ts'
import {newestRevisions} from './revisions.ts'
import {CLUSTERS, type Target, readManifests, unsoundIn} from './target.ts'

type Together = Extract<RacePlan, {kind: 'together'}>

/** What came of a round; `ending` in a few words, to be counted. */
export type Round = {plan: RacePlan; ending: string; wrong: readonly string[]; durationMs: number}

/** Long enough for the second to come while the first one is at work. */
const FLAGS = ['--yes', '--override', '--retry', '--events', '--window', '3s', '--bake', '200ms']
const LIMIT_MS = 30_000

/** Two deployments of one service begin at the same instant: one proceeds, the other one is told who does. */
export async function startTogether(plan: Together): Promise<Round> {
  const {target, environments} = plan
  const startedAtMs = performance.now()
  const temporary = await openTemporary()
  try {
    const tags = await Promise.all(environments.map(() => pushTag(target.image, newTag('instant'))))
    const before = await newestRevisions(target)
    const running = environments.map((some, which) =>
      startDeploy([target.service, '-e', some.join(','), '--version', tags[which] ?? '', ...FLAGS], {
        env: {TMPDIR: temporary.path},
      }),
    )
    const ends = await Promise.all(running.map(({ended}) => ended))
    const codes = ends.map(({exitCode}) => exitCode)
    const winner = codes.indexOf(0)
    const wrong = [
      ...(codes
        .map(Number)
        .toSorted((a, b) => a - b)
        .join() === '0,75'
        ? whatLoserSaid(ends, winner)
        : [endText(ends)]),
      ...(winner < 0 ? [] : await whatStands(target, before, environments[winner] ?? [], tags[winner] ?? '')),
      ...(winner < 0 ? [] : await whatIsRecorded(target, runIdOf(ends[1 - winner]?.said ?? ''))),
      ...(await unsoundIn(target)),
      ...(await temporary.leftovers(LIMIT_MS)),
    ]
    const ending = `the ${winner === 0 ? 'first' : 'second'} proceeds`
    return {plan, ending, wrong, durationMs: performance.now() - startedAtMs}
  } finally {
    await temporary.remove()
  }
}

type End = {exitCode: number | null; said: string}

function whatLoserSaid(ends: readonly End[], winner: number): string[] {
  const [first, second] = [ends[winner], ends[1 - winner]]
  const isNamed = second?.said.includes(`(run ${runIdOf(first?.said ?? '')}`) ?? false
  return isNamed ? [] : [`the one that ended with 75 does not name the other: ${endText(ends)}`]
}

// Each release of the one that proceeds has one revision more; those it did not mean have none.
async function whatStands(
  target: Target,
  before: Record<string, number>,
  environments: readonly string[],
  tag: string,
): Promise<string[]> {
  const [now, manifests] = await Promise.all([newestRevisions(target), readManifests(target)])
  return Object.entries(now).flatMap(([key, revision]) => {
    const isMeant = environments.includes(key.split('/')[0] ?? '')
    const expected = (before[key] ?? 0) + (isMeant ? 1 : 0)
    return [
      ...(revision === expected ? [] : [`${key} is at revision ${revision} instead of ${expected}`]),
      ...(isMeant && !manifests[key]?.includes(tag)
        ? [`${key} has not the version of the one that proceeds`]
        : []),
    ]
  })
}

// Nothing of the one that did not proceed.
async function whatIsRecorded({service}: Target, loser: string): Promise<string[]> {
  const read = CLUSTERS.map(async cluster => {
    const records = await kubectl(cluster, [
      'get',
      'configmap',
      '-n',
      service,
      `deploy-runs-${service}`,
      '-o',
      'yaml',
    ])
    return records.includes(loser) ? [`${cluster} has a record of the run that did not proceed`] : []
  })
  return (await Promise.all(read)).flat()
}

function runIdOf(said: string): string {
  return /"kind":"run-started","runId":"([^"]+)"/.exec(said)?.[1] ?? 'that was not told'
}

function endText(ends: readonly End[]): string {
  return ends.map(({exitCode, said}) => `${exitCode}: ${said.trim().slice(-700)}`).join('\n      ')
}
