import {expect, test} from 'vitest'
import {deploy, deployJson, helm, kubectl, mustDeploy} from './deploy.ts'

type Place = {
  service: string
  environment: string
  cluster: 'staging' | 'eqiad'
  namespace: string
  release: string
}

const inStaging = (service: string, release: string): Place => ({
  service,
  environment: 'staging',
  cluster: 'staging',
  namespace: service,
  release,
})

async function pods({cluster, namespace, release}: Place): Promise<string[]> {
  const words = ['get', 'pods', '-n', namespace, '-l', `release=${release}`, '-o', 'name']
  return (await kubectl(cluster, words)).split('\n').filter(Boolean)
}

test.each<[string, Place]>([
  ['a number', inStaging('echo', 'main')],
  [
    'a text',
    {
      service: 'dse-k8s-services/atlas',
      environment: 'dse-k8s-eqiad',
      cluster: 'eqiad',
      namespace: 'atlas-tiles',
      release: 'production',
    },
  ],
  ['a number, which becomes a date on the pods', inStaging('pages', 'pages')],
])('roll_restart is %s: every pod is new, in production without --override', async (_, place) => {
  const words = [place.service, '-e', place.environment]
  await mustDeploy([...words, '--yes', '--take-git', '--retry'])
  const before = await pods(place)
  expect(before).not.toEqual([])
  const {exitCode, said, outcome} = await deployJson([...words, '--restart', '--yes'])
  expect(exitCode, said).toBe(0)
  expect(outcome.releases.find(one => one.release.name === place.release)?.state).toBe('deployed')
  expect((await pods(place)).filter(pod => before.includes(pod))).toEqual([])
  // It is nothing that a later run would take back.
  const next = await deployJson([...words, '--yes', '--dry-run'])
  expect(next.outcome.plan?.refusals).toEqual([])
})

test('more than a restart is refused, and nothing is touched: 12', async () => {
  await mustDeploy([
    'echo',
    '-e',
    'staging',
    '--yes',
    '--take-git',
    '--retry',
    '--set',
    'resources.replicas=2',
  ])
  const before = await helm('staging', 'echo', ['list', '--output', 'json'])
  const {exitCode, said} = await deploy(['echo', '-e', 'staging', '--restart', '--yes', '--take-git'])
  expect(exitCode, said).toBe(12)
  expect(said).toMatch(/more than a restart/)
  expect(await helm('staging', 'echo', ['list', '--output', 'json'])).toBe(before)
  await mustDeploy(['echo', '-e', 'staging', '--yes', '--take-git'])
})

test('with another version it is wrong usage: 64', async () => {
  expect((await deploy(['echo', '-e', 'staging', '--restart', '--version', 'x'])).exitCode).toBe(64)
})
