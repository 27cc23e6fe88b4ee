import {mkdtemp, readFile, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {expect, test} from 'vitest'
import {parse} from 'yaml'
import {openCluster} from '../../src/cluster/client.ts'
import {startKubectlProxy} from '../../src/cluster/kubectl-proxy.ts'
import {readKubeconfig} from '../../src/cluster/kubeconfig.ts'
import {kubeconfigPath} from './scratch.ts'

const kubectl = join(process.env.DEPLOY_TEST_SANDBOX_DIR ?? '', 'bin/kubectl')

test('a kubeconfig whose credentials a plugin gets works through kubectl', async () => {
  const cluster = await openCluster(await withPlugin(true), {kubectl})
  const secrets = await cluster.list({kind: 'Secret', namespace: 'echo'}, {limit: 1})
  expect(secrets.resourceVersion).not.toBe('')
  const ending = new AbortController()
  const watch = await cluster.watch({kind: 'Pod', namespace: 'echo'}, {}, ending.signal)
  ending.abort()
  await watch.return(undefined)
  await expect(cluster.list({kind: 'Node'})).rejects.toMatchObject({exitKind: 'forbidden'})
  await cluster.close()
})

test('the socket is private, and gone at the end', async () => {
  const proxy = await startKubectlProxy(await readKubeconfig(await withPlugin(true)), kubectl)
  const directory = dirname(proxy.socketPath)
  expect((await stat(directory)).mode & 0o777).toBe(0o700)
  await proxy.stop()
  await expect(stat(directory)).rejects.toThrow('ENOENT')
})

test('a plugin that fails is told', async () => {
  const cluster = await openCluster(await withPlugin(false), {
    kubectl,
    retry: {forMs: 0, firstPauseMs: 1, longestPauseMs: 1},
  })
  await expect(cluster.list({kind: 'Pod', namespace: 'echo'})).rejects.toMatchObject({
    exitKind: 'unreachable',
  })
  await cluster.close()
})

test('without kubectl it is said what is missing', async () => {
  const cluster = await openCluster(await withPlugin(true), {kubectl: '/nowhere/kubectl'})
  await expect(cluster.list({kind: 'Pod', namespace: 'echo'})).rejects.toMatchObject({
    exitKind: 'unreachable',
    message: expect.stringContaining('kubectl is not on PATH'),
  })
  await cluster.close()
})

/** The deployer's kubeconfig, its token handed out by a program. */
async function withPlugin(works: boolean): Promise<string> {
  const config = parse(await readFile(kubeconfigPath('echo-deploy-staging'), 'utf8'))
  const [user] = config.users
  const answer = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: {token: user.user.token},
  }
  const script = works ? `echo '${JSON.stringify(answer)}'` : 'exit 1'
  user.user = {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: '/bin/sh',
      args: ['-c', script],
      interactiveMode: 'Never',
    },
  }
  const path = join(await mkdtemp(join(tmpdir(), 'deploy-test-')), 'kubeconfig')
  await writeFile(path, JSON.stringify(config), {mode: 0o600})
  return path
}
