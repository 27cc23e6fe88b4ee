import {afterAll, expect, test} from 'vitest'
import {deploy, startDeploy} from './deploy.ts'

const where = ['mirror', '-e', 'staging'] as const
const alice = {env: {SUDO_USER: 'alice'}}
const carol = {env: {SUDO_USER: 'carol'}}
const bob = {env: {SUDO_USER: 'bob'}}

// One service of the example cannot do without it.
const given = ['--state-values-set', 'backfill=false']

afterAll(async () => {
  await deploy(['unlock', ...where, '--force', '-m', 'the test is over'])
  await deploy(['unlock', '--all', '-e', 'all', ...given, '--force', '-m', 'the test is over'])
  await deploy([...where, '--yes', '--take-git'])
})

test('a service that a person has locked is deployed by nobody, until it is unlocked', async () => {
  const locked = await deploy(['lock', 'mirror', '-e', 'staging,eqiad', '-m', 'T1: maintenance'], alice)
  expect(locked).toMatchObject({exitCode: 0, stdout: 'locked mirror in eqiad\nlocked mirror in staging\n'})

  const refused = await deploy([...where, '--yes', '--take-git', '--set', 'resources.replicas=3'], bob)
  expect(refused.exitCode).toBe(75)
  expect(refused.said).toMatch(/alice has locked it since .*: T1: maintenance/)
  expect(refused.said).toMatch(/deploy unlock mirror -e staging/)
  // Who only looks is told as well, and nobody is asked in vain.
  const told =
    /! staging: mirror is locked by alice since \d{4}-\d\d-\d\d \d\d:\d\d UTC: T1:\s+maintenance\. It ends with deploy\s+unlock mirror -e staging\./
  expect((await deploy(['diff', ...where, '--set', 'resources.replicas=3'], bob)).stdout).toMatch(told)
  const unasked = await deploy([...where, '--take-git', '--set', 'resources.replicas=3'], bob)
  expect([unasked.exitCode, unasked.said]).toEqual([12, expect.stringMatching(told)])
  expect((await deploy(['status', 'mirror', '-e', 'staging'], bob)).stdout).toMatch(told)

  const again = await deploy(['lock', 'mirror', '-e', 'codfw,staging', '-m', 'T2: mine'], bob)
  expect(again.exitCode).toBe(75)
  expect((await deploy(['unlock', 'mirror', '-e', 'codfw'], bob)).stdout).toBe('nothing is locked there\n')
})

test("somebody else's lock needs --force and a reason", async () => {
  const other = await deploy(['unlock', ...where], bob)
  expect(other.exitCode).toBe(75)
  expect(other.said).toMatch(/it is the lock of alice .*: T1: maintenance/)
  expect((await deploy(['unlock', ...where, '--force'], bob)).exitCode).toBe(64)

  const own = await deploy(['unlock', 'mirror', '-e', 'eqiad'], alice)
  expect(own.stdout).toMatch(/^unlocked mirror in eqiad; alice held it since .*: T1: maintenance\n$/)
  expect((await deploy(['unlock', ...where, '--force', '-m', 'agreed'], bob)).exitCode).toBe(0)
  expect((await deploy([...where, '--yes', '--take-git'], bob)).exitCode).toBe(0)
  const {stdout} = await deploy(['history', 'mirror', '-e', 'staging'])
  expect(stdout).toMatch(/ unlock +bob +the lock of alice +staging +removed +agreed\n/)
  const runId = /(\S+) +unlock/.exec(stdout)?.[1] ?? ''
  expect((await deploy(['history', 'mirror', runId, '-e', 'staging'])).stdout).toMatch(
    /why +agreed\n[^]*it was locked by alice from .* since .*: T1: maintenance/,
  )
})

test('everything in an environment: nobody begins anything there, whichever service', async () => {
  const locked = await deploy(
    ['lock', '--all', '-e', 'staging', ...given, '--reason', 'T9: switchover'],
    alice,
  )
  expect([locked.exitCode, locked.stdout]).toEqual([
    0,
    expect.stringMatching(/^locked everything in staging: \d\d services\n$/),
  ])
  const refused = await deploy([...where, '--yes', '--take-git', '--set', 'resources.replicas=3'], bob)
  expect([refused.exitCode, refused.said]).toEqual([
    75,
    expect.stringMatching(
      /alice has locked everything there since .*: T9: switchover\.\n.*deploy unlock --all -e staging/,
    ),
  ])
  const seen = await deploy(['status', 'mirror', '-e', 'staging', '--json'], bob)
  expect(JSON.parse(seen.stdout).services[0].locked).toEqual([
    expect.objectContaining({
      environment: 'staging',
      covers: 'everything',
      by: 'alice',
      reason: 'T9: switchover',
    }),
  ])
  // Nothing of the run that was refused is left behind.
  expect((await deploy(['unlock', ...where], bob)).stdout).toMatch(
    /^nothing is locked there\neverything in staging is locked: alice holds it since .*: T9: switchover\. It ends with/,
  )
  const again = await deploy(['lock', '--all', '-e', 'staging,eqiad', ...given, '-m', 'mine'], carol)
  expect([again.exitCode, again.said]).toEqual([75, expect.stringContaining('alice has locked everything')])
  expect((await deploy(['unlock', '--all', '-e', 'eqiad', ...given], carol)).stdout).toBe(
    'nothing is locked there as a whole\n',
  )
  expect((await deploy(['unlock', '--all', '-e', 'staging', ...given], carol)).exitCode).toBe(75)
  expect((await deploy(['unlock', '--all', '-e', 'staging', ...given], alice)).stdout).toMatch(
    /^unlocked everything in staging; alice held it since .*: T9: switchover\n$/,
  )
  expect((await deploy([...where, '--yes', '--take-git'], bob)).exitCode).toBe(0)
})

test('a run that had begun goes on to its end, and is named', async () => {
  const running = startDeploy([...where, '--yes', '--take-git', '--set', 'resources.replicas=3'])
  await running.says('has to stay so')
  // Held there, however long the other one takes.
  process.kill(running.pid, 'SIGSTOP')
  const locked = await deploy(['lock', '--all', '-e', 'staging', ...given, '-m', 'T9'], alice)
  process.kill(running.pid, 'SIGCONT')
  expect(locked.stdout).toMatch(
    /still at work: mirror in staging, run \S+ of \S+ since .*; it goes on to its end/,
  )
  expect((await running.ended).exitCode).toBe(0)
  expect((await deploy([...where, '--yes', '--take-git'], bob)).exitCode).toBe(75)
  const forced = ['unlock', '--all', '-e', 'staging', ...given, '--force', '-m', 'over']
  expect((await deploy(forced, bob)).exitCode).toBe(0)
  const {stdout} = await deploy(['history', '-e', 'staging'])
  expect(
    stdout.match(/\d+ services +unlock +bob +the lock of alice +staging +removed +over$/gm),
  ).toHaveLength(1)
})

test('--all and what it cannot mean', async () => {
  const named = await deploy(['lock', 'mirror', '--all', '-e', 'staging', '-m', 'x'])
  expect([named.exitCode, named.said]).toEqual([64, expect.stringContaining('mirror is named as well')])
  const unknown = await deploy(['lock', '--all', '-e', 'nowhere', ...given, '-m', 'x'])
  expect([unknown.exitCode, unknown.said]).toEqual([66, expect.stringContaining('nowhere')])
  // What could not be locked is named, the others are.
  const partly = await deploy(['lock', '--all', '-e', 'staging', '-m', 'x'], alice)
  expect([partly.exitCode, partly.stdout]).toEqual([
    65,
    expect.stringContaining('locked everything in staging'),
  ])
  expect(partly.stderr).toMatch(
    /ripple .* could not be locked; the others are[^]*--state-values-set backfill=/,
  )
  expect((await deploy(['unlock', '--all', '-e', 'staging', ...given], alice)).exitCode).toBe(0)
})
