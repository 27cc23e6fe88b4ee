import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {hostConfigText, quote} from '../../src/sandbox/host-files.ts'
import {accountUidIn, kubeconfigText, tokenIn} from '../../src/sandbox/kubeconfig.ts'
import {sandboxName} from '../../src/sandbox/names.ts'
import {pathOf, roleBinding, serviceAccount, simulatedNodes} from '../../src/sandbox/objects.ts'
import {sandboxPaths, toolsDir} from '../../src/sandbox/paths.ts'

describe('sandboxName', () => {
  test.each([
    [undefined, 'default'],
    ['', 'default'],
    ['1', 'default'],
    ['TRUE', 'default'],
    ['yes', 'default'],
    ['demo-2', 'demo-2'],
  ])('%s means %s', (value, name) => expect(sandboxName(value)).toBe(name))

  test.each(['../etc', 'A', 'a b', '-a'])('%s is refused', value => {
    expect(() => sandboxName(value)).toThrow(/DEPLOY_SANDBOX/)
  })
})

describe('sandboxPaths', () => {
  test('follows XDG_STATE_HOME, else the home directory', () => {
    expect(sandboxPaths('demo', {XDG_STATE_HOME: '/state'}).dir).toBe('/state/deploy/sandbox/demo')
    expect(sandboxPaths('demo', {HOME: '/home/jo'}).dir).toBe('/home/jo/.local/state/deploy/sandbox/demo')
    expect(toolsDir({HOME: '/home/jo'})).toBe('/home/jo/.cache/deploy/tools')
  })

  test('names kubeconfigs as Wikimedia does', () => {
    const paths = sandboxPaths('demo', {XDG_STATE_HOME: '/s'})
    expect(paths.deployConfig('shop', 'eqiad')).toBe(
      '/s/deploy/sandbox/demo/etc/kubernetes/shop-deploy-eqiad.config',
    )
    expect(paths.viewConfig('shop', 'eqiad')).toBe('/s/deploy/sandbox/demo/etc/kubernetes/shop-eqiad.config')
  })
})

describe('kubeconfig', () => {
  const claims = Buffer.from(JSON.stringify({'kubernetes.io': {serviceaccount: {uid: 'u-1'}}})).toString(
    'base64url',
  )
  const parts = {
    cluster: 'eqiad',
    server: 'https://127.0.0.1:1',
    ca: 'PEM',
    user: 'shop-deploy',
    token: `h.${claims}.s`,
  }

  test('needs no other file', () => {
    expect(parse(kubeconfigText({...parts, namespace: 'shop'}))).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'eqiad',
      clusters: [{name: 'eqiad', cluster: {server: parts.server, 'certificate-authority-data': 'UEVN'}}],
      users: [{name: 'shop-deploy', user: {token: parts.token}}],
      contexts: [{name: 'eqiad', context: {cluster: 'eqiad', user: 'shop-deploy', namespace: 'shop'}}],
    })
  })

  test('tells whose token it holds', () => {
    expect(tokenIn(kubeconfigText(parts))).toBe(parts.token)
    expect(accountUidIn(parts.token)).toBe('u-1')
    expect(tokenIn(undefined)).toBeUndefined()
    expect(accountUidIn('nonsense')).toBeUndefined()
    expect(accountUidIn(undefined)).toBeUndefined()
  })
})

describe('objects', () => {
  test('have their paths in the API', () => {
    expect(pathOf(serviceAccount('shop', 'view'))).toBe('/api/v1/namespaces/shop/serviceaccounts/view')
    expect(pathOf(roleBinding('shop', 'deploy'))).toBe(
      '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/deploy',
    )
  })

  test('nodes say that they are simulated', () => {
    for (const node of simulatedNodes('codfw')) {
      expect(node.metadata).toMatchObject({annotations: {'kwok.x-k8s.io/node': 'fake'}})
    }
  })
})

test('the host configuration leads deploy to the sandbox', () => {
  const paths = sandboxPaths('demo', {XDG_STATE_HOME: '/s'})
  expect(parse(hostConfigText(paths, '/charts'))).toMatchObject({
    charts: '/charts',
    substitutions: {'/etc/kubernetes': paths.kubernetes},
    path: [paths.bin],
    env: {HELM_CONFIG_HOME: paths.helm.config},
  })
})

test.each([
  ['/plain/path', '/plain/path'],
  ["it's here", `'it'\\''s here'`],
])('quote %s', (text, quoted) => {
  expect(quote(text)).toBe(quoted)
})
