import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {CHARTS, deploy, deployJson, descendantsOf, helm, kubectl, newTag, pushTag, sandbox} from './deploy.ts'
import {testSandbox} from './test-sandbox.ts'

const service = 'echo'
const where = [service, '-e', 'staging', '--take-git'] as const

async function pendingRevisions(status: string): Promise<string> {
  const selector = `owner=helm,status=${status}`
  return (await kubectl('staging', ['get', 'secret', '-n', service, '-l', selector, '-o', 'name'])).trim()
}

async function statusOf(): Promise<string> {
  return JSON.parse(await helm('staging', service, ['status', 'main', '--output', 'json'])).info.status
}

/** Plain helmfile, killed with all that it started as soon as helm has written a revision. */
async function killedHelmfile(status: string): Promise<void> {
  const tag = await pushTag('wikimedia/echo', newTag('slow'))
  const child = spawn(
    join(sandbox().shell, 'helmfile'),
    ['-e', 'staging', '-l', 'name=main', 'sync', '--set', `main_app.version=${tag}`],
    {
      cwd: join(CHARTS, 'helmfile.d', 'services', service),
      env: {
        ...process.env,
        DEPLOY_SANDBOX: testSandbox(),
        PATH: `${sandbox().shell}:${sandbox().bin}:${process.env.PATH}`,
      },
      stdio: 'ignore',
    },
  )
  const ended = once(child, 'exit')
  await expect.poll(() => pendingRevisions(status), {timeout: 60_000}).not.toBe('')
  for (const pid of [child.pid ?? 0, ...(await descendantsOf(child.pid ?? 0))]) process.kill(pid, 'SIGKILL')
  await ended
}

beforeAll(async () => {
  expect((await deployJson([...where, '--yes'])).exitCode).toBe(0)
})
afterAll(async () => {
  await deployJson([...where, '--yes', '--timeout', '1s'])
})

test('what a helm that was killed left pending is repaired, once nobody can be at work on it', async () => {
  const before = await helm('staging', service, ['get', 'manifest', 'main'])
  await killedHelmfile('pending-upgrade')
  const refused = await deploy([...where, '--yes'])
  expect(refused.exitCode).toBe(12)
  expect(refused.said).toMatch(/main is pending-upgrade \(revision \d+\)/)
  expect(refused.said).toMatch(/It counts as cut off in \d+ min/)

  // Older than the limit of a change: helm does not wait longer.
  const timeout = ['--timeout', '8s']
  await expect
    .poll(async () => (await deploy([...where, '--dry-run', ...timeout])).said, {timeout: 60_000})
    .not.toMatch(/counts as cut off/)
  const shown = await deploy([...where, '--dry-run', ...timeout])
  expect(shown.said).toMatch(/first +back to revision \d+: helm was cut off and left it pending-upgrade/)
  const {exitCode, stdout} = await deploy([...where, '--yes', '--events', ...timeout])
  expect(exitCode).toBe(0)
  expect(stdout).toContain('main was pending-upgrade: it is back at revision')
  expect(await statusOf()).toBe('deployed')
  expect(await helm('staging', service, ['get', 'manifest', 'main'])).toBe(before)
})

test('a first installation that was cut off is taken away, and made anew', async () => {
  await helm('staging', service, ['uninstall', 'main'])
  await killedHelmfile('pending-install')
  const timeout = ['--timeout', '8s']
  await expect
    .poll(async () => (await deploy([...where, '--yes', ...timeout])).exitCode, {timeout: 60_000})
    .toBe(0)
  expect(await statusOf()).toBe('deployed')
})
