import {spawn} from 'node:child_process'
import {stripVTControlCharacters} from 'node:util'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {CHARTS, deploy, deployJson, newTag, pushTag} from './deploy.ts'

const bash = startBash()

beforeAll(async () => {
  bash.write('eval "$(deploy completion bash)"; echo it is $((6 * 7))\n')
  await bash.hears(/it is 42/)
})

afterAll(() => bash.end())

test.each([
  ['a command', 'deploy hist', /deploy history $/],
  ['a service, as if it were a command', 'deploy quo', /deploy quotes $/],
  ['a service', 'deploy rollback quo', /deploy rollback quotes $/],
  ['the second of several services', 'deploy echo quo', /deploy echo quotes $/],
  ['a flag', 'deploy quotes --take', /deploy quotes --take-git $/],
  ['an environment', 'deploy quotes -e cod', /deploy quotes -e codfw $/],
  ['the second of several', 'deploy quotes -e staging,eq', /-e staging,eqiad $/],
  ['an environment glued to its flag', 'deploy quotes --env=stag', /--env=staging $/],
  ['a release', 'deploy logs shop -l name=can', /-l name=canary $/],
  ['a choice', 'deploy status -o js', /deploy status -o json $/],
  ['a directory', 'deploy quotes --chdir helmf', /--chdir helmfile\.d\/$/],
  ['a topic', 'deploy sand', /deploy sandbox $/],
  ['a command of it', 'deploy sandbox stat', /deploy sandbox status $/],
])('bash completes %s', async (_, typed, expected) => {
  bash.type(`${typed}\t`)
  await bash.hears(expected)
})

test('several that fit are listed', async () => {
  bash.type('deploy quotes -e \t\t')
  await bash.hears(/all\s+codfw\s+eqiad\s+production\s+staging/)
})

test('nonsense offers nothing and says nothing', async () => {
  const nowhere = await deploy(['complete', '--line', 'deploy nosuch -e '])
  expect([nowhere.exitCode, nowhere.said.trim()]).toEqual([0, ''])
  const unknown = await deploy(['complete', '--line', 'deploy shop --chdir /nowhere -l '])
  expect([unknown.exitCode, unknown.said.trim()]).toEqual([0, ''])
})

// Nobody waits long for the Tab key: what a busy machine cannot tell in time is offered the next time.
const EVENTUALLY = {timeout: 60_000, interval: 100}

test('--version and NAME@ offer what runs deployed, what git holds and what the registry has', async () => {
  const tag = await pushTag('wikimedia/mediawiki-services-quotes', newTag())
  const ran = await deployJson(['quotes', '-e', 'staging', '--yes', '--window', '0ms', '--version', tag])
  expect(ran.exitCode).toBe(0)
  const unused = await pushTag('wikimedia/mediawiki-services-quotes', newTag('unused'))
  const offered = async (line: string) => {
    const {stdout} = await deploy(['complete', '--about', '--line', line])
    return stdout.trim().split('\n')
  }
  const words = () => offered('deploy quotes -e staging --version ')
  await expect
    .poll(words, EVENTUALLY)
    .toContainEqual(expect.stringMatching(`^${tag}\tdeployed in staging, 20`))
  await expect.poll(words, EVENTUALLY).toContainEqual(`${unused}\tin the registry`)
  expect(await words()).toContainEqual(expect.stringContaining('in values'))
  await expect
    .poll(() => offered(`deploy echo quotes@${unused.slice(0, -3)}`), EVENTUALLY)
    .toEqual([`quotes@${unused}\tin the registry`])
  await expect
    .poll(() => offered(`deploy version set quotes ${unused.slice(0, -3)}`), EVENTUALLY)
    .toEqual([`${unused}\tin the registry`])
  expect(
    (await deployJson(['quotes', '-e', 'staging', '--yes', '--window', '0ms', '--take-git'])).exitCode,
  ).toBe(0)
})

test('rollback --to offers the runs that the cluster remembers', async () => {
  const {outcome} = await deployJson(['quotes', '-e', 'staging', '--yes', '--window', '0ms', '--take-git'])
  expect(outcome.exitCode).toBe(0)
  const history = JSON.parse((await deploy(['history', 'quotes', '-e', 'staging', '--json'])).stdout)
  const runs = history.runs.filter((run: {kind: string}) => run.kind !== 'unlock')
  const offered = async () => {
    const {stdout} = await deploy(['complete', '--line', 'deploy rollback quotes -e staging --to 20'])
    return stdout.trim().split('\n')
  }
  await expect.poll(offered, EVENTUALLY).toEqual(runs.map((run: {runId: string}) => run.runId))
})

/** A real bash on a terminal of its own. */
function startBash() {
  const child = spawn('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
    cwd: CHARTS,
    env: {
      ...process.env,
      PATH: `${join(PACKAGE_ROOT, 'bin')}:${process.env.PATH}`,
      PS1: '% ',
      TERM: 'dumb',
    },
  })
  let screen = ''
  let wake = () => {}
  child.stdout.setEncoding('utf8').on('data', chunk => {
    screen += chunk
    wake()
  })
  return {
    write: (text: string) => child.stdin.write(text),
    /** On an empty line, with nothing of what was there before in sight. */
    type(text: string) {
      screen = ''
      child.stdin.write(`\x15${text}`)
    },
    async hears(expected: RegExp) {
      while (!expected.test(plain(screen))) await new Promise<void>(resolve => (wake = resolve))
    },
    end: () => child.kill('SIGKILL'),
  }
}

function plain(screen: string): string {
  return stripVTControlCharacters(screen).replaceAll('\r', '').replaceAll('\u0007', '')
}
