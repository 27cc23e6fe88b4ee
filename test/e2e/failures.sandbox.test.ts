import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {parse, stringify} from 'yaml'
import {
  deploy,
  deployJson,
  helm,
  helmfile,
  mustDeploy,
  newTag,
  pushTag,
  readyImages,
  sandbox,
} from './deploy.ts'

const PAGES = 'repos/sre/pages'
const QUOTES = 'wikimedia/mediawiki-services-quotes'

const windowMs = 1000

describe.each([
  {service: 'echo', image: 'wikimedia/echo', release: 'main', environment: 'staging'},
  {service: 'quotes', image: QUOTES, release: 'production', environment: 'codfw'},
] as const)('a bad version of $service in $environment', ({service, image, release, environment}) => {
  beforeAll(async () => {
    const ran = await deployJson([service, '-e', environment, '--yes', '--take-git'])
    expect(ran.exitCode).toBe(0)
  })

  test.each(['crash', 'unpullable', 'never-ready'])(
    '%s: exit 10, and the old manifest is verified healthy',
    async flavour => {
      const before = await helm(environment, service, ['get', 'manifest', release])
      const limit = flavour === 'never-ready' ? ['--timeout', '6s'] : []
      const asked = [
        '-e',
        environment,
        '--version',
        await pushTag(image, newTag(flavour)),
        '--yes',
        '--override',
        '--window',
        `${windowMs}ms`,
      ]
      const {exitCode, outcome} = await deployJson([service, ...asked, ...limit])

      expect(exitCode).toBe(10)
      expect(outcome.kind).toBe('rolled-back')
      expect(await helm(environment, service, ['get', 'manifest', release])).toBe(before)
      const images = await readyImages(environment, service, release)
      expect(images.length).toBeGreaterThan(0)
      for (const one of images) expect(one).not.toContain(flavour)
      const {verdictMs = Number.NaN, backMs = Number.NaN} = outcome.timings ?? {}
      console.log(
        `${service} ${flavour}: judged ${verdictMs} ms after Kubernetes showed it, back and verified ${backMs} ms later`,
      )
      if (flavour !== 'never-ready') expect(verdictMs + backMs).toBeLessThanOrEqual(5000 + windowMs)
    },
  )

  test('afterwards plain helmfile sync and helm rollback work as before', async () => {
    const synced = await helmfile(service, ['-e', environment, '-l', `name=${release}`, 'sync'])
    expect(synced.said).not.toMatch(/has no deployed releases|another operation/)
    expect(synced.exitCode).toBe(0)
    await helm(environment, service, ['rollback', release])
    const again = await deployJson([service, '-e', environment, '--yes', '--take-git'])
    expect(again.exitCode).toBe(0)
  })
})

test('with --no-rollback a failed version stays to be looked at, and abort undoes it', async () => {
  expect((await deployJson(['echo', '-e', 'staging', '--yes', '--take-git'])).exitCode).toBe(0)
  const before = await helm('staging', 'echo', ['get', 'manifest', 'main'])
  const tag = await pushTag('wikimedia/echo', newTag('crash'))
  const bad = ['echo', '-e', 'staging', '--version', tag, '--yes', '--window', '0ms', '--no-rollback']
  const {exitCode, outcome} = await deployJson(bad)
  expect(exitCode).toBe(11)
  expect(outcome).toMatchObject({kind: 'partly-back', next: 'deploy abort echo'})
  expect(outcome.summary).toBe('echo failed, and is left as it is: staging.')
  expect(await helm('staging', 'echo', ['get', 'manifest', 'main'])).toContain(tag)

  const again = await deployJson(['echo', '-e', 'staging', '--yes'])
  expect(again.exitCode).toBe(12)
  expect(again.outcome).toMatchObject({
    error: {message: expect.stringContaining('failed and was left as it is')},
  })
  expect((await deployJson(['abort', 'echo', '--yes'])).exitCode).toBe(0)
  expect(await helm('staging', 'echo', ['get', 'manifest', 'main'])).toBe(before)

  // Undone first, and then refused: something was touched.
  expect((await deployJson(bad)).exitCode).toBe(11)
  const unknown = ['echo', '-e', 'staging', '--version', newTag('none'), '--yes', '--on-unfinished', 'abort']
  const undone = await deployJson(unknown)
  expect(undone.exitCode).toBe(13)
  expect(undone.outcome).toMatchObject({
    kind: 'paused',
    action: 'deploy',
    next: 'Run the same deploy again: nothing is left to resume.',
  })
  expect(undone.outcome.summary).toMatch(/is as it was before the run .* ended before it touched anything: /)
  expect(await helm('staging', 'echo', ['get', 'manifest', 'main'])).toBe(before)
})

// helm itself waits for a hook up to the ten minutes of the helmfile, whatever its pod says.
test.each([
  {flavour: 'missing-secret', reason: 'config-missing', printed: undefined},
  {flavour: 'crash', reason: 'job-failed', printed: 'cannot start'},
] as const)('a hook of the new version fails it at once: $flavour', async ({flavour, reason, printed}) => {
  const almanac = ['almanac', '-e', 'codfw', '--yes', '--override', '--window', '0ms']
  await mustDeploy([...almanac, '--take-git'])
  const before = await helm('codfw', 'almanac', ['get', 'manifest', 'main'])
  const bad = await pushTag('repos/content/almanac', newTag(flavour))
  const {exitCode, outcome} = await deployJson([...almanac, '--version', bad])
  expect(exitCode).toBe(10)
  expect(outcome.failure).toMatchObject({
    kind: 'doomed',
    workload: {kind: 'Job', name: 'almanac-main-migrate'},
    doom: {reason, pod: expect.stringMatching(/^almanac-main-migrate-/), container: 'almanac-main-migrate'},
  })
  if (printed !== undefined) expect(JSON.stringify(outcome.failure)).toContain(printed)
  expect(await helm('codfw', 'almanac', ['get', 'manifest', 'main'])).toBe(before)
})

test('who goes back is told of a migration that has run, which stays done', async () => {
  const almanac = ['almanac', '-e', 'codfw', '--yes', '--override', '--window', '0ms']
  const good = await pushTag('repos/content/almanac', newTag())
  await mustDeploy([...almanac, '--version', good])
  const {exitCode, stdout} = await deploy(['rollback', 'almanac', '-e', 'codfw', '--dry-run'])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(
    /! codfw: the hook Job almanac-main-migrate of main has run for the version that\s+goes; what it did is not\s+undone\./,
  )
})

test('a canary that crashes keeps the rest of production untouched, and goes back', async () => {
  await deployJson(['shop', '-e', 'all', '--yes', '--take-git'])
  const before = await helm('eqiad', 'shop', ['get', 'manifest', 'main'])
  const {exitCode, outcome} = await deployJson([
    'shop',
    '-e',
    'production',
    '--version',
    await pushTag('wikimedia/shop', newTag('crash')),
    '--yes',
    '--override',
  ])
  expect(exitCode).toBe(10)
  expect(outcome.releases.filter(one => one.release.name === 'main').map(one => one.state)).toEqual([
    'not-reached',
    'not-reached',
  ])
  expect(await helm('eqiad', 'shop', ['get', 'manifest', 'main'])).toBe(before)
})

test('production fails: staging stays as it is, so that one can look', async () => {
  const tag = await pushTag(PAGES, newTag('slow'))
  const staging = await deployJson(['pages', '-e', 'staging', '--version', tag, '--yes'])
  expect(staging.exitCode).toBe(0)
  const bad = await deploy([
    'pages',
    '-e',
    'eqiad',
    '--version',
    await pushTag(PAGES, newTag('missing-secret')),
    '--yes',
    '--override',
  ])
  expect(bad.exitCode).toBe(10)
  for (const image of await readyImages('staging', 'pages', 'feeds')) expect(image).toContain(tag)
  await deployJson(['pages', '-e', 'all', '--yes', '--take-git'])
})

test('deploy rollback brings back what was there before the newest change', async () => {
  const [first, second, bad] = [newTag(), newTag(), newTag('crash')]
  for (const tag of [first, second, bad]) await pushTag(PAGES, tag)
  for (const tag of [first, second]) {
    expect(
      (await deployJson(['pages', '-e', 'codfw', '--version', tag, '--yes', '--override'])).exitCode,
    ).toBe(0)
  }
  // A version that fails in between is nothing to go back to.
  expect((await deployJson(['pages', '-e', 'codfw', '--version', bad, '--yes', '--override'])).exitCode).toBe(
    10,
  )
  const back = await deployJson(['rollback', 'pages', '-e', 'codfw', '--yes'])
  expect(back.exitCode).toBe(0)
  for (const image of await readyImages('codfw', 'pages', 'pages')) expect(image).toContain(first)
  await deployJson(['pages', '-e', 'codfw', '--yes', '--take-git'])
})

test('values that change outside the repository between preview and helm stop the run', async () => {
  const general = join(sandbox().helmfileDefaults, 'general-staging.yaml')
  const text = await readFile(general, 'utf8')
  await deployJson(['quotes', '-e', 'staging', '--yes', '--take-git'])
  // The first announcement comes after the plan: from then on the file says something else.
  const directory = await mkdtemp(join(tmpdir(), 'deploy-outdated-'))
  const saying = join(directory, 'helmfile_log_sal')
  await writeFile(
    saying,
    `#!/bin/sh\n[ "$SUPPRESS_SAL" = false ] && echo 'changed: meanwhile' >> '${general}'\nexit 0\n`,
    {mode: 0o755},
  )
  const config = join(directory, 'deploy.yaml')
  const host = parse(await readFile(sandbox().hostConfig, 'utf8'))
  await writeFile(config, stringify({...host, path: [directory, ...host.path]}))
  try {
    const ran = await deployJson([
      'quotes',
      '-e',
      'staging',
      '--version',
      await pushTag(QUOTES, newTag()),
      '--yes',
      '--config',
      config,
    ])
    expect(ran.exitCode).toBe(12)
    expect(ran.outcome.failure?.kind).toBe('outdated')
  } finally {
    await writeFile(general, text)
    await rm(directory, {recursive: true})
  }
})
