import {mkdtemp, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {readKubeconfig} from '../../src/cluster/kubeconfig.ts'
import {writeKubeconfig} from './fake-server.ts'

const SERVER = 'https://10.0.0.1:6443'
const base64 = (text: string) => Buffer.from(text).toString('base64')

test.each([
  ['a token', {token: 't'}, {kind: 'token', token: 't'}],
  [
    'a client certificate',
    {'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY')},
    {kind: 'client-certificate', certPem: 'CERT', keyPem: 'KEY'},
  ],
  ['an exec plugin', {exec: {command: 'login'}}, {kind: 'kubectl', why: 'exec'}],
  ['an auth provider', {'auth-provider': {name: 'oidc'}}, {kind: 'kubectl', why: 'auth-provider'}],
  ['another identity', {token: 't', as: 'someone'}, {kind: 'kubectl', why: 'as'}],
  ['a password', {username: 'u', password: 'p'}, {kind: 'kubectl', why: 'username'}],
  ['nothing', {}, {kind: 'none'}],
])('the user has %s', async (_, user, auth) => {
  const path = await writeKubeconfig(await directory(), SERVER, user)
  expect(await readKubeconfig(path)).toMatchObject({server: SERVER, namespace: 'shop', context: 'main', auth})
})

test('files it names are found beside it', async () => {
  const place = await directory()
  await writeFile(join(place, 'user.crt'), 'CERT')
  await writeFile(join(place, 'user.key'), 'KEY')
  const user = {'client-certificate': 'user.crt', 'client-key': './user.key'}
  const path = await writeKubeconfig(place, SERVER, user)
  expect((await readKubeconfig(path)).auth).toEqual({
    kind: 'client-certificate',
    certPem: 'CERT',
    keyPem: 'KEY',
  })
})

test.each([
  ['not YAML', 'a: [b', 'kubeconfig'],
  ['empty', '', 'it is empty'],
  ['without its context', 'current-context: x', 'it has no context named "x"'],
  [
    'without a server',
    '{current-context: x, contexts: [{name: x, context: {cluster: c}}], clusters: [{name: c, cluster: {}}]}',
    'its cluster "c" has no server address',
  ],
])('a broken one is named: %s', async (_, text, words) => {
  const path = join(await directory(), 'kubeconfig')
  await writeFile(path, text)
  const message = expect.stringContaining(words)
  await expect(readKubeconfig(path)).rejects.toMatchObject({exitKind: 'unreachable', message})
})

test('a missing one is named, with what to do', async () => {
  const path = join(await directory(), 'shop-deploy-staging.config')
  await expect(readKubeconfig(path)).rejects.toMatchObject({
    exitKind: 'unreachable',
    message: expect.stringContaining('shop-deploy-staging.config'),
    hint: expect.stringContaining('deploy doctor'),
  })
})

test('another context can be asked for', async () => {
  const path = await writeKubeconfig(await directory(), SERVER)
  await expect(readKubeconfig(path, {context: 'other'})).rejects.toThrow('no context named "other"')
})

function directory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'deploy-test-'))
}
