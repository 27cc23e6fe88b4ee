import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {hostname} from 'node:os'
import {dirname, join} from 'node:path'
import {appendFile, writeFile} from 'node:fs/promises'
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
  await appendFile(host.env.DEPLOY_CONFIG ?? '', `scap:\n  lock: ${files.lock}\n  config: ${files.config}\n`)
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
  const script = `
import fcntl, json, os, sys
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o666)
fcntl.lockf(file, fcntl.LOCK_EX)
os.ftruncate(file, 0)
info = {"locker": "carol", "pid": os.getpid(), "timestamp_utc": "Sat Nov 21 10:00:00 2026", "reason": "T5: switchover"}
os.pwrite(file, json.dumps(info).encode(), 0)
print("locked", flush=True)
sys.stdin.read()
`
  holding = spawn('python3', ['-c', script, files.lock], {stdio: ['pipe', 'pipe', 'inherit']})
  await once(holding.stdout as NodeJS.ReadableStream, 'data')
}

async function letGo(): Promise<void> {
  if (holding === undefined) return
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
