import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {hostname} from 'node:os'
import {dirname, join} from 'node:path'
import {readFile, writeFile} from 'node:fs/promises'
import {parse, stringify} from 'yaml'
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest'
import {type DeployHost, openDeployHost} from './deploy-host.ts'
import {startDeploy} from './deploy.ts'

const where = ['mirror', '-e', 'staging'] as const
let host: DeployHost
let files: {lock: string; config: string}
let replicas = 2

beforeAll(async () => {
  host = await openDeployHost()
  const directory = dirname(host.home)
  files = {lock: join(directory, 'scap-global-lock'), config: join(directory, 'scap.cfg')}
  const config = host.env.DEPLOY_CONFIG ?? ''
  await writeFile(config, stringify({...parse(await readFile(config, 'utf8')), scap: files}))
  // Another test may have left something that wants a word.
  expect((await host.deploy([...where, '--yes', '--take-git', '--retry'])).exitCode).toBe(0)
})
let holding: ChildProcess | undefined
afterEach(() => letGo())
afterAll(async () => {
  await writeFile(files.config, '')
  await host.deploy([...where, '--yes', '--take-git'])
  await host.remove()
})

/** As `scap lock --all` holds it. */
async function lock(): Promise<void> {
  // A lock of fcntl(2), as Python's lockf takes it; perl is there wherever git is.
  const script = `
use Fcntl;
open(my $file, "+>>", $ARGV[0]) or die;
my $lock = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0);
fcntl($file, F_SETLK, $lock) or die;
truncate($file, 0);
syswrite($file, qq({"locker": "carol", "pid": $$, "timestamp_utc": "Sat Nov 21 10:00:00 2026", "reason": "T5: switchover"}));
$| = 1;
print "locked";
<STDIN>;
`
  holding = spawn('perl', ['-e', script, files.lock], {stdio: ['pipe', 'pipe', 'inherit']})
  const ended = once(holding, 'close').then(([code]) => {
    throw new Error(`perl ended with ${code} before it had the lock`)
  })
  await Promise.race([once(holding.stdout as NodeJS.ReadableStream, 'data'), ended])
  ended.catch(() => {})
}

async function letGo(): Promise<void> {
  if (holding === undefined || holding.exitCode !== null) return
  const ended = once(holding, 'close')
  holding.stdin?.end()
  holding = undefined
  await ended
}

const change = () => ['--set', `resources.replicas=${(replicas += 1)}`]

test('scap lock --all: nothing begins on this host, and who only looks is told', async () => {
  await lock()
  const refused = await host.deploy([...where, ...change(), '--yes'])
  expect([refused.exitCode, refused.said]).toEqual([
    75,
    expect.stringMatching(
      /locked by carol\s+\(scap lock --all\)\s+since\s+Sat Nov 21 10:00:00 2026 UTC:\s+T5:\s+switchover/,
    ),
  ])
  const shown = await host.deploy(['diff', ...where, ...change()])
  expect([shown.exitCode, shown.stdout]).toEqual([
    0,
    expect.stringMatching(/! Deployments from this host are locked/),
  ])

  await letGo()
  // scap leaves the file, and what it says: it is nobody's lock any more.
  expect((await host.deploy([...where, ...change(), '--yes'])).exitCode).toBe(0)
})

test('of many services none is asked for', async () => {
  await lock()
  const refused = await host.deploy(['mirror', 'quotes', '-e', 'staging', ...change(), '--yes'])
  expect([refused.exitCode, refused.said.match(/are locked by carol/g)]).toEqual([
    75,
    ['are locked by carol'],
  ])
})

test('--wait-lock waits for it', async () => {
  await lock()
  const running = startDeploy(
    [...where, ...change(), '--yes', '--events', '--wait-lock', '2m', ...host.words],
    {
      env: host.env,
    },
  )
  await running.says('Waiting until')
  await letGo()
  expect((await running.ended).exitCode).toBe(0)
})

test('block_deployments: another host is the active one (77)', async () => {
  await writeFile(
    files.config,
    `[global]\nblock_deployments: False\n[${hostname()}]\nblock_deployments: True\n`,
  )
  const refused = await host.deploy([...where, ...change(), '--yes'])
  expect([refused.exitCode, refused.said]).toEqual([
    77,
    expect.stringMatching(/Nothing is deployed from this host: block_deployments\s+in\s+\S+scap\.cfg/),
  ])
})

test('a service cannot switch it off for itself', async () => {
  await host.edit('helmfile.d/services/mirror/deploy.yaml', () => 'scap: {config: /dev/null}\n')
  const refused = await host.deploy([...where, '--yes'])
  expect([refused.exitCode, refused.said]).toEqual([78, expect.stringMatching(/scap is a matter of a host/)])
  await host.reset()
})
