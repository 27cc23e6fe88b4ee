import {afterAll, expect, test} from 'vitest'
import {deploy, deployJson, helm, kubectl, mustDeploy, newTag, pushTag, startDeploy} from './deploy.ts'

const slowTag = () => pushTag('wikimedia/mediawiki-services-quotes', newTag('slow'))

afterAll(async () => {
  await mustDeploy(['quotes', '-e', 'staging', '--yes', '--take-git'])
})

test('of two deployments that start together one proceeds, the other ends with 75 and names the first', async () => {
  const tags = [await slowTag(), await slowTag()]
  const run = (tag = '') => deploy(['quotes', '-e', 'staging', '--version', tag, '--yes', '--retry'])
  const [a, b] = await Promise.all([run(tags[0]), run(tags[1])])
  expect([a.exitCode, b.exitCode].includes(0) && [a.exitCode, b.exitCode].includes(75)).toBe(true)
  const loser = a.exitCode === 75 ? a : b
  expect(loser.said).toMatch(/is at work there since/)
  expect(
    await kubectl('staging', ['get', 'configmaps', '--namespace', 'quotes', '--output', 'name']),
  ).not.toMatch(/deploy-lock/)
})

test('with --wait-lock the second one waits for the first, and deploys on top of what that did', async () => {
  const [first, second] = [await slowTag(), await pushTag('wikimedia/mediawiki-services-quotes', newTag())]
  const args = ['quotes', '-e', 'staging', '--yes', '--version']
  const running = startDeploy([...args, first, '--events'])
  await running.says('"kind":"release-applied"')
  const waited = await deploy([...args, second, '--wait-lock', '2m'])
  expect((await running.ended).exitCode).toBe(0)
  expect(waited.exitCode, waited.said).toBe(0)
  expect(waited.said).toMatch(/Waiting until \d\d:\d\d:\d\d UTC/)
  expect(waited.said).toContain(`${first} → ${second}`)
})

test('a change by plain helm in mid-run is told and never rolled over', async () => {
  await mustDeploy(['quotes', '-e', 'staging', '--yes', '--take-git'])
  const running = deployJson(['quotes', '-e', 'staging', '--version', await slowTag(), '--yes'])
  // The new version needs 8 s to become ready; meanwhile somebody puts the old one back by hand.
  await new Promise(resolve => setTimeout(resolve, 5000))
  await helm('staging', 'quotes', ['rollback', 'staging'])
  const theirs = JSON.parse(await helm('staging', 'quotes', ['list', '--output', 'json']))[0].revision
  const {exitCode, outcome} = await running
  await deployJson(['abort', 'quotes', '--yes'])
  expect(exitCode).toBe(13)
  expect(outcome.failure?.kind).toBe('changed-by-others')
  expect(JSON.parse(await helm('staging', 'quotes', ['list', '--output', 'json']))[0].revision).toBe(theirs)
})
