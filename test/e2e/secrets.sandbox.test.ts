import {randomBytes} from 'node:crypto'
import {chmod, readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {stringify} from 'yaml'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {exec, start} from '../../src/tools/exec.ts'
import {leaksBelow, leaksIn, newCanary, watchArguments} from './canaries.ts'
import {type DeployHost, openDeployHost} from './deploy-host.ts'
import {kubectl, newTag, pushTag, type Ran, sandbox} from './deploy.ts'

const SERVICE = 'mirror'
const IMAGE = 'wikimedia/echo'
const PEM_LINES = Array.from({length: 4}, () => randomBytes(48).toString('base64'))
const PEM = `-----BEGIN PRIVATE KEY-----\n${PEM_LINES.join('\n')}\n-----END PRIVATE KEY-----\n`

/** Where each was planted. */
const canaries = {
  'a key that goes into a Secret': newCanary(),
  'a key that nothing uses': newCanary(),
  'part of a variable in the open': newCanary(),
  'a Secret of the chart, data': newCanary(),
  'a Secret of the chart, stringData': newCanary(),
  'a value full of special characters': newCanary(),
  'a number': `7${Array.from(randomBytes(14), byte => byte % 10).join('')}`,
  ...Object.fromEntries(PEM_LINES.map((line, index) => [`line ${index + 1} of a key`, line])),
}

const planted = {
  config: {
    public: {DB_URL: `mysql://app:${canaries['part of a variable in the open']}@db.example/app`},
    private: {
      API_TOKEN: canaries['a key that goes into a Secret'],
      ODD: `<${canaries['a value full of special characters']}> & "quoted" it's 100%/ü\\`,
      TLS_KEY: PEM,
      PIN: Number(canaries['a number']),
    },
  },
  unused: {deep: [{password: canaries['a key that nothing uses']}]},
}

const chartSecret = `
apiVersion: v1
kind: Secret
metadata: {name: ${SERVICE}-planted}
data: {raw: ${Buffer.from(canaries['a Secret of the chart, data']).toString('base64')}}
stringData: {raw2: "${canaries['a Secret of the chart, stringData']}"}
`

let host: DeployHost
let watching: ReturnType<typeof watchArguments>
const privateFile = (environment = 'staging') =>
  join(host.helmfileDefaults, 'private', 'main_services', SERVICE, `${environment}.yaml`)
const helmfile = `helmfile.d/services/${SERVICE}/helmfile.yaml`
const templates = 'charts/echo/templates'

beforeAll(async () => {
  host = await openDeployHost()
  await host.edit(helmfile, text => text.replaceAll('wmf-stable/echo', '../../../charts/echo'))
  await host.edit(`${templates}/planted.yaml`, () => chartSecret)
  await exec('git', ['tag', '--force', 'first'], {cwd: host.charts})
  await plant(stringify(planted))
  watching = watchArguments(canaries)
})
afterAll(async () => {
  await host?.remove()
})

async function plant(text: string) {
  for (const file of [privateFile(), privateFile('eqiad')]) {
    await writeFile(file, text)
    await chmod(file, 0o640)
  }
}

/** Every run of this file: nothing of it may show a canary. */
async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const ran = await host.deploy(args, {DEBUG: 'deploy', ...env})
  expect(leaksIn(ran.said, canaries), ran.said).toEqual([])
  return ran
}

const staging = ['-e', 'staging'] as const

describe('a run that ends by itself', () => {
  test('a first deployment, as text, with every command', async () => {
    const ran = await run([SERVICE, ...staging, '--yes', '--take-git', '--show-commands'])
    expect(ran.exitCode).toBe(0)
    expect(ran.said).toMatch(/first installation|DB_URL/)
  })

  test('values that change: the preview shows that they do', async () => {
    const changed = stringify(planted).replaceAll(
      canaries['part of a variable in the open'],
      `${canaries['part of a variable in the open']}2`,
    )
    await plant(changed)
    const {stdout} = await run(['diff', SERVICE, ...staging])
    expect(stdout).toMatch(/DB_URL/)
    expect(stdout).toMatch(/-\s+value: "<hidden, 51 bytes, #[0-9a-f]{8}>"/)
    expect(stdout).toMatch(/\+\s+value: "<hidden, 52 bytes, #[0-9a-f]{8}>"/)
    await plant(stringify(planted))
  })

  test.each([[['--json']], [['--events', '--show-commands']], [['--context', '99']]])(
    'a new version %j',
    async words => {
      const ran = await run([
        SERVICE,
        ...staging,
        '--version',
        await pushTag(IMAGE, newTag()),
        '--yes',
        ...words,
      ])
      expect(ran.exitCode).toBe(0)
    },
  )

  test.each([[['--json']], [['--events']], [[]]])('a version that prints all it knows, %j', async words => {
    const ran = await run([
      SERVICE,
      ...staging,
      '--version',
      await pushTag(IMAGE, newTag('crash-env')),
      '--yes',
      ...words,
    ])
    expect(ran.exitCode).toBe(10)
    expect(ran.said).toMatch(/API_TOKEN=<hidden>/)
    const history = await run(['history', SERVICE, ...staging, '--json'])
    const {runs} = JSON.parse(history.stdout) as {runs: {runId: string}[]}
    await run(['history', SERVICE, runs[0]?.runId ?? '', ...staging])
  })

  test.each([
    [['render', SERVICE, ...staging]],
    [['status', SERVICE, '--pending']],
    [['status', SERVICE, '--json']],
    [['logs', SERVICE, ...staging]],
    [['rollback', SERVICE, ...staging, '--dry-run']],
  ])('%j', async args => {
    const ran = await run(args)
    expect(ran.said).not.toMatch(/This is a fault of deploy itself/)
  })

  test('render shows values where that is asked for', async () => {
    const ran = await host.deploy(['render', SERVICE, ...staging, '--show-secrets'])
    expect(ran.stdout).toContain(canaries['part of a variable in the open'])
    expect(ran.stdout).toContain(Buffer.from(canaries['a key that goes into a Secret']).toString('base64'))
  })
})

describe('errors that quote values', () => {
  const deployment = `${templates}/deployment.yaml`
  const first = (line: string) => (text: string) => `${line}\n${text}`
  test.each<[string, string, (text: string) => string, number]>([
    ['fail', deployment, first('{{ fail (printf "bad token %s" .Values.config.private.API_TOKEN) }}'), 65],
    [
      'fail with base64',
      deployment,
      first('{{ fail (printf "x%s" .Values.config.private.API_TOKEN | b64enc) }}'),
      65,
    ],
    ['toYaml', deployment, first('{{ fail (toYaml .Values) }}'), 65],
    ['toJson', deployment, first('{{ fail (toJson .Values) }}'), 65],
    ['%v', deployment, first('{{ fail (printf "%v %q" .Values .Values.config.private) }}'), 65],
    ['urlquery', deployment, first('{{ fail (urlquery .Values.config.private.ODD) }}'), 65],
    ['a wrong type', deployment, first('{{ range .Values.config.private.API_TOKEN }}{{ end }}'), 65],
    ['no YAML', deployment, text => `${text}\n{{ .Values.config.private.API_TOKEN }}: [\n`, 65],
    [
      'a field of the wrong type',
      deployment,
      text =>
        text.replace(
          'replicas: {{ .Values.resources.replicas }}',
          'replicas: {{ .Values.config.private.API_TOKEN }}',
        ),
      65,
    ],
    [
      'an invalid label',
      deployment,
      text =>
        text.replace(
          '      labels:\n',
          '      labels:\n        x: {{ printf "%s!" .Values.config.private.API_TOKEN }}\n',
        ),
      65,
    ],
    ["helmfile's own fail", helmfile, first('{{ readFile (printf "PRIVATE") | fail }}'), 65],
  ])('%s', async (_, file, change, exitCode) => {
    await host.edit(file, text => change(text).replace('PRIVATE', privateFile()))
    try {
      const ran = await run(['diff', SERVICE, ...staging, '--version', await pushTag(IMAGE, newTag())])
      expect(ran.exitCode).toBe(exitCode)
    } finally {
      await host.reset()
    }
  })

  test('a private file that is no YAML', async () => {
    await plant(stringify(planted).replace('    API_TOKEN:', '   API_TOKEN:'))
    const ran = await run(['diff', SERVICE, ...staging])
    expect(ran.exitCode).toBe(65)
    await plant(stringify(planted))
  })

  test('an admission policy that quotes a variable', async () => {
    const policy = admissionPolicy()
    const file = join(host.home, 'policy.yaml')
    await writeFile(file, policy)
    await kubectl('staging', ['apply', '-f', file])
    const tag = await pushTag(IMAGE, newTag())
    const look = () => run(['diff', SERVICE, ...staging, '--version', tag])
    // A policy takes effect, and ends, some time after it was written: the next test must not meet it.
    const untilItSays = (exitCode: number) =>
      expect.poll(async () => (await look()).exitCode, {timeout: 60_000, interval: 500}).toBe(exitCode)
    try {
      await untilItSays(65)
      const ran = await look()
      expect(ran.said).toMatch(/no passwords in variables: <hidden>/)
      expect(ran.exitCode).toBe(65)
    } finally {
      await kubectl('staging', ['delete', '-f', file])
      await untilItSays(0)
    }
  })
})

describe('a run that is killed', () => {
  // Each in its own cluster: the lock of a killed run lasts a minute.
  test.each([
    ['alone', 'staging'],
    ['with all its processes', 'eqiad'],
  ] as const)('%s: what it kept is gone some seconds later', async (how, environment) => {
    await killInMidRun(how, environment)
    await expect.poll(() => readdir(host.tmp), {timeout: 30_000, interval: 200}).toEqual([])
    await run(['status', SERVICE, '-e', environment])
    expect((await run(['abort', SERVICE, '-e', environment, '--yes'])).exitCode).toBe(0)
  })
})

describe('afterwards', () => {
  test('no process was given a value as an argument', async () => {
    const {looks, found} = await watching.stop()
    expect(looks).toBeGreaterThan(20)
    expect(found).toEqual([])
  })

  test('no file is left, and none holds a value', async () => {
    expect(await readdir(host.tmp)).toEqual([])
    expect(await leaksBelow(host.home, canaries)).toEqual([])
    const committed = await exec('git', ['log', '--all', '-p', '--', '.', `:!${templates}/planted.yaml`], {
      cwd: host.charts,
    })
    expect(leaksIn(committed.stdout, canaries)).toEqual([])
  })

  test('no record, event or lock in the cluster holds a value', async () => {
    for (const cluster of ['staging', 'eqiad'] as const) {
      const read = await kubectl(cluster, ['get', 'configmaps,events', '-n', SERVICE, '-o', 'yaml'])
      expect(read).toContain(`deploy-runs-${SERVICE}`)
      expect(leaksIn(read, canaries)).toEqual([])
    }
  })
})

function admissionPolicy(): string {
  const expression = 'object.spec.template.spec.containers[0].env.filter(one, one.name == "DB_URL")[0].value'
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: {name: 'test-no-passwords'},
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['apps'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['deployments'],
          },
        ],
      },
      validations: [
        {expression: 'false', messageExpression: `"no passwords in variables: " + ${expression}`},
      ],
    },
  }
  const binding = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: {name: 'test-no-passwords'},
    spec: {
      policyName: 'test-no-passwords',
      validationActions: ['Deny'],
      matchResources: {namespaceSelector: {matchLabels: {'kubernetes.io/metadata.name': SERVICE}}},
    },
  }
  return `${stringify(policy)}---\n${stringify(binding)}`
}

/** Starts a rollout that takes a while, and kills it as soon as helm is at work. */
async function killInMidRun(how: 'alone' | 'with all its processes', environment: string): Promise<void> {
  const version = ['--version', await pushTag(IMAGE, newTag('slow')), '--override']
  const args = [SERVICE, '-e', environment, ...version, '--yes', '--events', '--chdir', host.charts]
  const child = start(join(PACKAGE_ROOT, 'bin', 'deploy'), args, {
    cwd: host.charts,
    env: {...host.env, DEPLOY_SANDBOX: sandbox().name},
    buffer: false,
    detached: true,
  })
  let said = ''
  await new Promise<void>(resolve => {
    child.stdout?.on('data', chunk => {
      said += String(chunk)
      if (said.includes('"release-started"')) resolve()
    })
    child.stdout?.on('end', resolve)
  })
  expect(await readdir(host.tmp), said).not.toEqual([])
  const pids = how === 'alone' ? [child.pid ?? 0] : await treeOf(child.pid ?? 0)
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  expect((await child).signal).toBe('SIGKILL')
  expect(leaksIn(said, canaries)).toEqual([])
}

async function treeOf(root: number): Promise<number[]> {
  const {stdout} = await exec('ps', ['-A', '-o', 'pid=,ppid='])
  const pairs = stdout
    .split('\n')
    .map(line => line.trim().split(/\s+/).map(Number))
    .map(([pid = 0, parent = 0]) => ({pid, parent}))
  const tree = [root]
  for (const one of tree) tree.push(...pairs.filter(({parent}) => parent === one).map(({pid}) => pid))
  return tree
}
