import {mkdir, mkdtemp, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {listRevisions, readReleases, readRevision} from '../../src/cluster/releases.ts'
import {exec} from '../../src/tools/exec.ts'
import {kubeconfigPath, withScratchNamespace} from './scratch.ts'

test("helm's records are read as helm itself tells them", () =>
  withScratchNamespace(async (cluster, namespace) => {
    const chart = await aChart()
    const helm = (...args: string[]) => runHelm(namespace, args)
    await helm('install', 'one', chart, '--set', 'greeting=hello')
    await helm('upgrade', 'one', chart, '--set', 'greeting=hi')
    await helm('install', 'two', chart)
    await helm('upgrade', 'two', chart, '--set', 'broken=yes').catch(() => {})

    const [one, two] = await readReleases(cluster, namespace).then(all =>
      all.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    )
    expect(one).toMatchObject({
      name: 'one',
      latest: {revision: 2, status: 'deployed'},
      deployed: {
        revision: 2,
        chart: {name: 'tiny', version: '1.2.3', appVersion: '9'},
        config: {greeting: 'hi'},
      },
    })
    expect(one?.deployed?.manifest.trim()).toBe((await helm('get', 'manifest', 'one')).trim())
    expect(one?.deployed?.hooks.trim()).toBe((await helm('get', 'hooks', 'one')).trim())
    expect(two).toMatchObject({latest: {revision: 2, status: 'failed'}, deployed: {revision: 1}})

    expect((await readRevision(cluster, namespace, 'one', 1))?.config).toEqual({greeting: 'hello'})
    expect(await readRevision(cluster, namespace, 'one', 7)).toBeUndefined()
    const revisions = await listRevisions(cluster, namespace, ['one'])
    expect(revisions.map(({revision, status}) => [revision, status])).toEqual([
      [2, 'deployed'],
      [1, 'superseded'],
    ])
    expect(await readReleases(cluster, namespace, ['none'])).toEqual([])
  }))

test('where none is deployed it is the newest that was; a newer one that was superseded is the latest all the same', () =>
  withScratchNamespace(async (cluster, namespace) => {
    const chart = await aChart()
    const helm = (...args: string[]) => runHelm(namespace, args)
    await helm('install', 'one', chart)
    await helm('upgrade', 'one', chart)
    await helm('upgrade', 'one', chart)
    const label = (revision: number, status: string) =>
      cluster.patch(
        {kind: 'Secret', namespace, name: `sh.helm.release.v1.one.v${revision}`},
        {kind: 'merge', body: {metadata: {labels: {status}}}},
      )
    // As some failures of `helm rollback` leave it.
    await label(3, 'failed')
    expect(await readReleases(cluster, namespace, ['one'])).toMatchObject([
      {latest: {revision: 3, status: 'failed'}, deployed: {revision: 2}},
    ])
    // As it is where somebody removes the newest one, and puts an older one back.
    await label(3, 'superseded')
    await label(1, 'deployed')
    expect(await readReleases(cluster, namespace, ['one'])).toMatchObject([
      {latest: {revision: 3, status: 'superseded'}, deployed: {revision: 1}},
    ])
  }))

async function runHelm(namespace: string, args: readonly string[]): Promise<string> {
  const helm = join(process.env.DEPLOY_TEST_SANDBOX_DIR ?? '', 'bin/helm3.19')
  const place = ['--kubeconfig', kubeconfigPath('admin-staging'), '-n', namespace]
  const result = await exec(helm, [...args, ...place])
  if (result.failed) throw new Error(result.stderr)
  return result.stdout
}

/** Two objects, a hook, and a value that makes the cluster refuse it. */
async function aChart(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'deploy-test-'))
  await mkdir(join(directory, 'templates'))
  await writeFile(
    join(directory, 'Chart.yaml'),
    'apiVersion: v2\nname: tiny\nversion: 1.2.3\nappVersion: "9"\n',
  )
  await writeFile(join(directory, 'values.yaml'), 'greeting: none\n')
  await writeFile(
    join(directory, 'templates/note.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-note\n  {{- if .Values.broken }}\n  labels: {bad: "not a label!"}\n  {{- end }}\ndata:\n  greeting: {{ .Values.greeting }}\n',
  )
  await writeFile(
    join(directory, 'templates/hook.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-hook\n  annotations: {helm.sh/hook: post-upgrade}\n',
  )
  return directory
}
