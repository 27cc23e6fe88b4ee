import {afterAll, expect, test} from 'vitest'
import type {ReleaseStatus} from '../../src/plan/status.ts'
import {deploy, deployJson, helm, kubectl, newTag, pushTag, readyImages} from './deploy.ts'

/** Going back: typed once, typed twice, of what was touched and no more. */

const service = 'pages'
const here = [service, '-e', 'codfw']
const rollback = (...more: string[]) => deployJson(['rollback', ...here, '--yes', ...more])

afterAll(async () => {
  await deployJson([...here, '--yes', '--take-git', '--retry'])
})

async function deployed(tag: string, ...more: string[]) {
  await pushTag('repos/sre/pages', tag)
  return deployJson([...here, '--version', tag, '--yes', '--override', ...more])
}

async function runs(release: string): Promise<string> {
  return [...new Set(await readyImages('codfw', service, release))]
    .map(image => image.split(':').at(-1))
    .join()
}

test('typed twice it goes one good state further back, and a version that failed is none', async () => {
  const [first, second, third] = [newTag(), newTag(), newTag()]
  for (const tag of [first, second]) expect((await deployed(tag)).exitCode).toBe(0)
  const bad = await deployed(newTag('crash'))
  expect(bad.exitCode).toBe(10)
  const last = await deployed(third)
  expect(last.exitCode).toBe(0)

  const shown = await deploy(['rollback', ...here, '--dry-run'])
  expect(shown.said).toContain(`undoes  run ${last.outcome.runId}`)
  expect((await rollback()).exitCode).toBe(0)
  expect([await runs('pages'), await runs('feeds')]).toEqual([second, second])
  expect((await rollback()).exitCode).toBe(0)
  expect([await runs('pages'), await runs('feeds')]).toEqual([first, first])
})

test('a release that the last run did not change stays', async () => {
  expect((await deployed(newTag())).exitCode).toBe(0)
  const before = await helm('codfw', service, ['get', 'manifest', 'feeds'])
  expect((await deployed(newTag(), '-l', 'name=feeds')).exitCode).toBe(0)
  const pages = await helm('codfw', service, ['list', '--filter', '^pages$', '--output', 'json'])
  const back = await rollback()
  expect(back.outcome.action).toBe('rollback')
  expect(back.outcome.releases).toMatchObject([
    {release: {name: 'feeds'}, state: 'restored'},
    {release: {name: 'pages'}, state: 'unchanged'},
  ])
  expect(await helm('codfw', service, ['get', 'manifest', 'feeds'])).toBe(before)
  expect(await helm('codfw', service, ['list', '--filter', '^pages$', '--output', 'json'])).toBe(pages)
})

test('what was changed by hand is shown before it goes back', async () => {
  expect((await deployed(newTag())).exitCode).toBe(0)
  await kubectl('codfw', ['scale', 'deployment', 'pages-feeds', '-n', service, '--replicas', '1'])
  const {outcome} = await deployJson(['rollback', ...here, '--dry-run'])
  expect(outcome.plan?.drift).toMatchObject([{release: {name: 'feeds'}, fate: {kind: 'undone'}}])
  const {stdout} = await deploy(['status', ...here, '--pending', '--json'])
  const releases: ReleaseStatus[] = JSON.parse(stdout).services[0].environments[0].releases
  expect(releases.map(({name, changedByHand}) => [name, changedByHand])).toContainEqual([
    'feeds',
    ['Deployment pages-feeds'],
  ])
})

test('a version that never was healthy is gone back to with --retry only (12)', async () => {
  const before = JSON.parse(await helm('codfw', service, ['list', '--filter', '^feeds$', '--output', 'json']))
  expect((await deployed(newTag('crash'), '-l', 'name=feeds')).exitCode).toBe(10)
  const to = ['-l', 'name=feeds', '--to', String(Number(before[0].revision) + 1)]
  const stopped = await rollback(...to)
  expect([stopped.exitCode, stopped.outcome.next]).toEqual([12, expect.stringContaining('--retry')])
  expect(stopped.outcome.summary).toContain('not seen healthy')
  expect((await rollback(...to, '--retry')).exitCode).toBe(10)
})

test('a run that nobody recorded: 66', async () => {
  const {exitCode, said} = await deploy(['rollback', ...here, '--to', '20200101T000000-0000', '--yes'])
  expect([exitCode, said]).toEqual([66, expect.stringContaining('deploy history pages')])
})
