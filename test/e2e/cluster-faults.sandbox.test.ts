import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest'
import type {Outcome} from '../../src/plan/outcome.ts'
import {readState} from '../../src/sandbox/state.ts'
import {
  deploy,
  deployJson,
  descendantsOf,
  helm,
  kubectl,
  mustDeploy,
  newTag,
  pushTag,
  sandbox,
  startDeploy,
} from './deploy.ts'

const service = 'ledger'
const IMAGE = 'repos/fundraising-tech/ledger'
const QUICK = ['--yes', '--override', '--retry', '--window', '200ms', '--on-unfinished', 'abort']

beforeAll(async () => {
  await mustDeploy([service, '-e', 'staging,eqiad', '--yes', '--take-git', '--retry'])
})
afterAll(async () => {
  await deployJson(['abort', service, '--yes'])
  await mustDeploy([service, '-e', 'staging,eqiad', '--yes', '--take-git'])
})

// One that failed half-way must not fail the others.
afterEach(async () => {
  const left = await kubectl('staging', ['get', 'configmaps', '-n', service, '-o', 'name'])
  if (left.includes('deploy-lock')) await deployJson(['abort', service, '--yes'])
})

async function start(environments: string, flavour: string, more: readonly string[] = []) {
  const tag = await pushTag(IMAGE, newTag(flavour))
  const running = startDeploy([service, '-e', environments, '--version', tag, '--events', ...QUICK, ...more])
  const end = running.ended.then(({exitCode, said}) => {
    expect(said, 'a stack trace').not.toMatch(/\n\s+at .*\.(ts|js):\d+/)
    const last = said.split('\n').findLast(line => line.includes('"kind":"run-finished"'))
    return {exitCode, said, outcome: last === undefined ? undefined : (JSON.parse(last).outcome as Outcome)}
  })
  return {...running, tag, end}
}

async function newest(cluster: 'staging' | 'eqiad'): Promise<{revision: number; status: string}> {
  const [{revision, status}] = JSON.parse(await helm(cluster, service, ['list', '--all', '--output', 'json']))
  return {revision, status}
}

function manifest(cluster: 'staging' | 'eqiad'): Promise<string> {
  return helm(cluster, service, ['get', 'manifest', 'main'])
}

describe('a permission that is taken away in mid-run', () => {
  const BINDING = ['rolebinding', '-n', service, 'deploy']
  const bind = () =>
    kubectl('eqiad', [
      'create',
      'rolebinding',
      '-n',
      service,
      'deploy',
      '--clusterrole=deploy',
      `--serviceaccount=${service}:deploy`,
    ])

  test('before its environment is begun: 13, naming it; once it is back resume goes on', async () => {
    const before = await newest('eqiad')
    const running = await start('staging,eqiad', 'slow')
    await running.says('"kind":"release-applied"')
    await kubectl('eqiad', ['delete', ...BINDING])
    const {exitCode, said, outcome} = await running.end.finally(bind)
    expect(exitCode, said).toBe(13)
    expect(outcome?.failure).toMatchObject({kind: 'infrastructure', isForbidden: true})
    expect(outcome?.summary).toMatch(/not permitted|forbidden/)
    expect(await newest('eqiad')).toEqual(before)
    const resumed = await deployJson(['resume', service, '--yes'])
    expect(resumed.exitCode, resumed.said).toBe(0)
  })

  test('in mid-rollout: nothing is taken back, what is not known to be healthy is named, 11', async () => {
    const running = await start('eqiad', 'slow')
    await running.says('"kind":"release-applied"')
    await kubectl('eqiad', ['delete', ...BINDING])
    const {exitCode, said, outcome} = await running.end.finally(bind)
    expect([11, 13], said).toContain(exitCode)
    expect(outcome?.failure).toMatchObject({kind: 'infrastructure'})
    expect(outcome?.summary).toMatch(/not permitted|forbidden|cannot be read/)
    const aborted = await deployJson(['abort', service, '--yes'])
    expect(aborted.exitCode, aborted.said).toBe(0)
  })
})

test('helm is killed: its release goes back, 10', async () => {
  const before = await manifest('staging')
  const running = await start('staging', 'slow')
  await running.says('"kind":"stage-started"')
  let pids: number[] = []
  await expect
    .poll(async () => (pids = await helmsOf(running.pid)).length, {interval: 5, timeout: 20_000})
    .toBeGreaterThan(0)
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  const {exitCode, said} = await running.end
  expect(exitCode, said).toBe(10)
  expect(await manifest('staging')).toBe(before)
  expect((await newest('staging')).status).toBe('deployed')
})

async function helmsOf(pid: number): Promise<number[]> {
  const {readFile} = await import('node:fs/promises')
  const named = (await descendantsOf(pid)).map(async one => {
    const words = (await readFile(`/proc/${one}/cmdline`, 'utf8').catch(() => '')).split('\0')
    return /helm3\.\d+$/.test(words[0] ?? '') && words.includes('upgrade') ? [one] : []
  })
  return (await Promise.all(named)).flat()
}

describe('a revision that helm keeps', () => {
  const secret = (revision: number) => `sh.helm.release.v1.main.v${revision}`

  test('is deleted while a bad version rolls out: there is nothing to go back to, and 11 says so', async () => {
    const {revision} = await newest('staging')
    const kept = await kubectl('staging', ['get', 'secret', '-n', service, secret(revision), '-o', 'json'])
    const running = await start('staging', 'crash')
    await running.says('"kind":"release-applied"')
    await kubectl('staging', ['delete', 'secret', '-n', service, secret(revision)])
    const {exitCode, said, outcome} = await running.end
    expect(exitCode, said).toBe(11)
    expect(outcome?.summary).toMatch(/not everything is back/)
    await restore(kept)
    const again = await deployJson([service, '-e', 'staging', '--yes', '--take-git', '--retry'])
    expect(again.exitCode, again.said).toBe(0)
  })

  test('is corrupted while a bad version rolls out: 11', async () => {
    const {revision} = await newest('staging')
    const kept = await kubectl('staging', ['get', 'secret', '-n', service, secret(revision), '-o', 'json'])
    const running = await start('staging', 'crash')
    await running.says('"kind":"release-applied"')
    await corrupt(secret(revision))
    const {exitCode, said} = await running.end
    expect(exitCode, said).toBe(11)
    await restore(kept)
    const again = await deployJson([service, '-e', 'staging', '--yes', '--take-git', '--retry'])
    expect(again.exitCode, again.said).toBe(0)
  })

  test('of ours is deleted in mid-rollout: it is told, and not called deployed', async () => {
    const running = await start('staging', 'slow')
    await running.says('"kind":"release-applied"')
    const {revision} = await newest('staging')
    await kubectl('staging', ['delete', 'secret', '-n', service, secret(revision)])
    const {exitCode, said, outcome} = await running.end
    expect([11, 13], said).toContain(exitCode)
    expect(outcome?.failure?.kind).toBe('changed-by-others')
  })

  test('is corrupted before anything is planned: nothing is touched, and it is named', async () => {
    await mustDeploy([service, '-e', 'staging', '--yes', '--take-git', '--retry', '--on-unfinished', 'abort'])
    const {revision} = await newest('staging')
    const kept = await kubectl('staging', ['get', 'secret', '-n', service, secret(revision), '-o', 'json'])
    await corrupt(secret(revision))
    const {exitCode, said} = await (await start('staging', 'instant')).end
    await restore(kept)
    expect([1, 12, 65, 69], said).toContain(exitCode)
    expect(said).toContain('main')
    expect((await newest('staging')).revision).toBe(revision)
  })

  async function restore(json: string): Promise<void> {
    const {metadata, ...rest} = JSON.parse(json)
    const {name, namespace, labels} = metadata
    await kubectl('staging', ['delete', 'secret', '-n', service, '--ignore-not-found', name])
    const {writeFile, rm} = await import('node:fs/promises')
    const path = `${process.env.TMPDIR ?? '/tmp'}/deploy-test-${process.pid}.json`
    await writeFile(path, JSON.stringify({...rest, metadata: {name, namespace, labels}}), {mode: 0o600})
    await kubectl('staging', ['create', '-f', path]).finally(() => rm(path))
  }

  async function corrupt(name: string): Promise<void> {
    const patch = JSON.stringify({data: {release: Buffer.from('no release').toString('base64')}})
    await kubectl('staging', ['patch', 'secret', '-n', service, name, '--type=merge', '-p', patch])
  }
})

describe('the record', () => {
  const name = `deploy-runs-${service}`
  const put = (runs: string) =>
    kubectl('staging', [
      'patch',
      'configmap',
      '-n',
      service,
      name,
      '--type=merge',
      '-p',
      JSON.stringify({data: {runs}}),
    ])
  const read = (key: string) =>
    kubectl('staging', ['get', 'configmap', '-n', service, name, '-o', `jsonpath={.data['${key}']}`])

  test('is no JSON: the run goes on, and what was there is kept beside it', async () => {
    await put('{"half of')
    const {exitCode, said} = await (await start('staging', 'instant')).end
    expect(exitCode, said).toBe(0)
    expect(await read('runs-damaged')).toBe('{"half of')
    expect(JSON.parse(await read('runs'))).toHaveLength(1)
  })

  test('is damaged in mid-run: the run goes on, and its own part is whole in the end', async () => {
    const running = await start('staging', 'slow')
    await running.says('"kind":"release-applied"')
    await put('[[[')
    const {exitCode, said, outcome} = await running.end
    expect(exitCode, said).toBe(0)
    expect(JSON.parse(await read('runs'))[0]).toMatchObject({runId: outcome?.runId, outcome: 'deployed'})
  })

  test('holds a run of a newer deploy: it stays, and history reads the others', async () => {
    const newer = {schema: 2, runId: '20991231T000000-ffff', state: {kind: 'done'}}
    await put(JSON.stringify([newer, ...JSON.parse(await read('runs'))]))
    const {exitCode, said, outcome} = await (await start('staging', 'instant')).end
    expect(exitCode, said).toBe(0)
    expect(JSON.parse(await read('runs'))).toContainEqual(newer)
    expect((await deploy(['history', service])).said).toContain(outcome?.runId)
  })
})

test('kubectl rollout undo by somebody else in mid-rollout is told, and not called healthy', async () => {
  const running = await start('staging', 'slow')
  await running.says('"kind":"release-applied"')
  await kubectl('staging', ['rollout', 'undo', 'deployment', '-n', service, '-l', 'release=main'])
  const {exitCode, said, outcome} = await running.end
  expect(exitCode, said).toBe(13)
  expect(outcome?.failure).toMatchObject({kind: 'changed-by-others', workload: {kind: 'Deployment'}})
})

describe('etcd takes no more writes', () => {
  afterEach(() => etcd('DEACTIVATE'))

  test('before anything is begun: nothing is touched, 69', async () => {
    const before = await newest('staging')
    await etcd('ACTIVATE')
    const {exitCode, said} = await (await start('staging', 'instant')).end
    expect(exitCode, said).toBe(69)
    expect(said).toContain('database space exceeded')
    await etcd('DEACTIVATE')
    expect(await newest('staging')).toEqual(before)
  })

  test('in mid-rollout: what cannot be put back is named, 11; abort does it once etcd is well', async () => {
    const before = await manifest('staging')
    const running = await start('staging', 'slow', ['--timeout', '4s'])
    await running.says('"kind":"release-applied"')
    await etcd('ACTIVATE')
    const {exitCode, said, outcome} = await running.end
    expect(exitCode, said).toBe(11)
    expect(outcome?.next).toMatch(/helm3\.\d+ rollback main/)
    await etcd('DEACTIVATE')
    const aborted = await deployJson(['abort', service, '--yes'])
    expect(aborted.exitCode, aborted.said).toBe(0)
    expect(await manifest('staging')).toBe(before)
  })

  // As when its quota is used up: it answers reads, and refuses every write.
  async function etcd(action: 'ACTIVATE' | 'DEACTIVATE'): Promise<void> {
    const port = (await readState(sandbox()))?.ports.etcd
    const ask = async (path: string, body: object) => {
      const answer = await fetch(`http://127.0.0.1:${port}/v3/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      })
      expect(answer.ok).toBe(true)
      return answer.json() as Promise<{members?: {ID: string}[]}>
    }
    const {members = []} = await ask('cluster/member/list', {})
    for (const {ID: memberID} of members) await ask('maintenance/alarm', {action, memberID, alarm: 'NOSPACE'})
  }
})
