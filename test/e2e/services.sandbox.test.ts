import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {CHARTS, deploy, deployJson, forbiddenRequests, newTag, pushTag, readyImages} from './deploy.ts'

/** Every service of the example: its image, and where its release is called what. */
const services = [
  {
    name: 'quotes',
    image: 'wikimedia/mediawiki-services-quotes',
    inStaging: ['staging'],
    inProduction: ['production'],
  },
  {name: 'shop', image: 'wikimedia/shop', inStaging: ['main'], inProduction: ['canary', 'main']},
  {name: 'pages', image: 'repos/sre/pages', inStaging: ['pages', 'feeds'], inProduction: ['pages', 'feeds']},
  {name: 'ledger', image: 'repos/fundraising-tech/ledger', inStaging: ['main'], inProduction: ['main']},
  {name: 'echo', image: 'wikimedia/echo', inStaging: ['main'], inProduction: ['main']},
  {name: 'almanac', image: 'repos/content/almanac', inStaging: ['main'], inProduction: ['main']},
  {name: 'gauges', image: 'repos/sre/gauges', inStaging: ['main'], inProduction: ['main']},
]

describe.each(services)('$name', ({name, image, inStaging, inProduction}) => {
  let startedAtMs: number
  beforeAll(() => {
    startedAtMs = Date.now()
  })

  test('deploy service NAME -e staging', async () => {
    const {exitCode, outcome} = await deployJson(['service', name, '-e', 'staging', '--yes', '--take-git'])
    expect(exitCode).toBe(0)
    expect(outcome.kind).toBe('deployed')
    for (const release of inStaging) expect(await readyImages('staging', name, release)).not.toEqual([])
  })

  test('-e eqiad --version TAG', async () => {
    const tag = await pushTag(image, newTag())
    const ran = await deployJson(['service', name, '-e', 'eqiad', '--version', tag, '--yes', '--override'])
    expect(ran.said).not.toMatch(/deploy: /)
    expect(ran.exitCode).toBe(0)
    for (const release of inProduction) {
      const images = await readyImages('eqiad', name, release)
      expect(images.length).toBeGreaterThan(0)
      for (const one of images) expect(one).toMatch(new RegExp(`:${tag}$`))
    }
  })

  test('-e all brings every environment to what git says', async () => {
    const {exitCode, outcome} = await deployJson(['service', name, '-e', 'all', '--yes', '--take-git'])
    expect(exitCode).toBe(0)
    expect(new Set(outcome.releases.map(release => release.environment))).toEqual(
      new Set(['staging', 'eqiad', 'codfw']),
    )
  })

  test('-e staging from inside its directory: nothing to do', async () => {
    const cwd = join(CHARTS, 'helmfile.d', 'services', name)
    const {exitCode, outcome} = await deployJson(['service', '-e', 'staging', '--yes', '--take-git'], {cwd})
    expect(exitCode).toBe(0)
    expect(outcome.releases.every(release => release.state === 'unchanged')).toBe(true)
    const {outcome: preview} = await deployJson(['diff', name, '-e', 'all'])
    expect(preview.plan?.drift).toEqual([])
  })

  test('deploy NAME -e staging', async () => {
    const {exitCode, said} = await deploy([name, '-e', 'staging'])
    expect(exitCode).toBe(0)
    expect(said).toContain(`${name}: nothing to do in staging`)
  })

  test('no request of the deployer was forbidden', async () => {
    for (const cluster of ['staging', 'eqiad', 'codfw'] as const) {
      expect(await forbiddenRequests(cluster, startedAtMs)).toEqual([])
    }
  })
})
