import {afterAll, expect, test} from 'vitest'
import {deploy} from './deploy.ts'

const where = ['mirror', '-e', 'staging'] as const
const alice = {env: {SUDO_USER: 'alice'}}
const bob = {env: {SUDO_USER: 'bob'}}

afterAll(async () => {
  await deploy(['unlock', ...where, '--force', '-m', 'the test is over'])
})

test('a service that a person has locked is deployed by nobody, until it is unlocked', async () => {
  const locked = await deploy(['lock', 'mirror', '-e', 'staging,eqiad', '-m', 'T1: maintenance'], alice)
  expect(locked).toMatchObject({exitCode: 0, stdout: 'locked mirror in eqiad\nlocked mirror in staging\n'})

  const refused = await deploy([...where, '--yes', '--take-git', '--set', 'resources.replicas=3'], bob)
  expect(refused.exitCode).toBe(75)
  expect(refused.said).toMatch(/alice has locked it since .*: T1: maintenance/)
  expect(refused.said).toMatch(/deploy unlock mirror -e staging/)

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
})
