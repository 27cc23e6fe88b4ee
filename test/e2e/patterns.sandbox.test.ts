import {expect, test} from 'vitest'
import {deploy, deployJson, newTag, pushTag, readyImages} from './deploy.ts'

/** What a service may be like beyond the usual: each ends well, or in the refusal that the contract has for it. */

test('a tag with a digest is replaced by a new one', async () => {
  await deployJson(['tides', '-e', 'staging', '--yes', '--take-git'])
  const tag = await pushTag('repos/content/tides', newTag())
  const {exitCode} = await deployJson(['tides', '-e', 'staging', '--version', tag, '--yes'])
  expect(exitCode).toBe(0)
  expect((await readyImages('staging', 'tides', 'main'))[0]).toMatch(new RegExp(`:${tag}$`))
  await deployJson(['tides', '-e', 'staging', '--yes', '--take-git'])
})

test('a tag made of version and flavour: the whole tag is given, another flavour is refused', async () => {
  await deployJson(['paintbox-score', '-e', 'staging', '--yes', '--take-git'])
  const images = () => readyImages('staging', 'paintbox-score', 'main', 'paintbox-main')
  const [current = ''] = await images()
  const flavour = /-([a-z0-9]+)$/.exec(current)?.[1] ?? ''
  const tag = await pushTag('repos/content/paintbox', newTag(flavour))
  expect((await deployJson(['paintbox-score', '-e', 'staging', '--version', tag, '--yes'])).exitCode).toBe(0)
  expect((await images())[0]).toMatch(new RegExp(`:${tag}$`))
  const other = await deploy(['paintbox-score', '-e', 'staging', '--version', newTag('other'), '--yes'])
  expect(other.exitCode).toBe(64)
  expect(other.said).toContain(`-${flavour}`)
  await deployJson(['paintbox-score', '-e', 'staging', '--yes', '--take-git'])
})

test('a release for each site, each with an image of its own: a version goes to the release that is named', async () => {
  await deployJson(['leaflets', '-e', 'eqiad', '--yes', '--take-git'])
  const tag = await pushTag('repos/sites/press', newTag())
  const bare = await deploy(['leaflets', '-e', 'eqiad', '--version', tag, '--yes', '--override'])
  expect(bare.exitCode).toBe(64)
  for (const site of ['donors', 'archive', 'press']) expect(bare.said).toContain(`--version ${site}=${tag}`)
  const others = () => Promise.all(['donors', 'archive'].map(site => readyImages('eqiad', 'leaflets', site)))
  const before = await others()
  const asked = ['leaflets', '-e', 'eqiad', '--version', `press=${tag}`, '--yes', '--override']
  expect((await deployJson(asked)).exitCode).toBe(0)
  expect((await readyImages('eqiad', 'leaflets', 'press'))[0]).toMatch(new RegExp(`:${tag}$`))
  expect(await others()).toEqual(before)
  await deployJson(['leaflets', '-e', 'eqiad', '--yes', '--take-git'])
})

test('an image that a file outside the repository decides is refused, naming the file', async () => {
  await deployJson(['wiki-web', '-e', 'eqiad', '--yes', '--take-git'])
  const refused = await deploy(['wiki-web', '-e', 'eqiad', '--version', newTag(), '--yes'])
  expect(refused.exitCode).toBe(64)
  expect(refused.said).toMatch(/mediawiki\/release\/wiki-web-\w+-eqiad\.yaml/)
  expect((await deploy(['wiki-web', '-e', 'staging', '--yes'])).exitCode).toBe(66)
})

test('an environment whose kubeconfig is not here stops a run that nobody watches', async () => {
  expect((await deploy(['mirror', '-e', 'all', '--yes'])).exitCode).toBe(12)
  expect((await deploy(['mirror', '-e', 'minikube', '--yes'])).exitCode).toBe(69)
  expect((await deployJson(['mirror', '-e', 'staging', '--yes', '--take-git'])).exitCode).toBe(0)
})

test('a name that two groups have is asked for with its group', async () => {
  const both = await deploy(['atlas', '-e', 'eqiad'])
  expect(both.exitCode).toBe(64)
  expect(both.said).toMatch(/services\/atlas/)
  const one = await deployJson(['dse-k8s-services/atlas', '-e', 'dse-k8s-eqiad', '--yes', '--take-git'])
  expect(one.exitCode).toBe(0)
  expect((await readyImages('eqiad', 'atlas-tiles', 'production')).length).toBeGreaterThan(0)
})

test('the service may stand behind -e', async () => {
  expect((await deploy(['-e', 'staging', 'echo', '--dry-run'])).exitCode).toBe(0)
  expect((await deploy(['echo', '-e', ','])).exitCode).toBe(64)
  expect((await deploy(['echo', '-e', 'staging', '--version', 'mian=x'])).exitCode).toBe(66)
  expect((await deploy(['echo', '-e', 'staging', '--chdir', '/tmp'])).exitCode).toBe(66)
})
