import {mkdtemp, readdir, readFile, readlink, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {EXAMPLE_CHARTS, readClusterGroups, readNamespaces} from '../../src/sandbox/charts-tree.ts'
import {hostConfigText, quote, writeHostFiles} from '../../src/sandbox/host-files.ts'
import {accountUidIn, kubeconfigText, tokenIn} from '../../src/sandbox/kubeconfig.ts'
import {sandboxName} from '../../src/sandbox/names.ts'
import {exampleImages} from '../../src/sandbox/registry.ts'
import {pathOf, roleBinding, serviceAccount, simulatedNodes} from '../../src/sandbox/objects.ts'
import {sandboxPaths, toolsDir} from '../../src/sandbox/paths.ts'
import type {ToolPaths} from '../../src/sandbox/tools.ts'

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

const cluster = {api: 5, nodes: 6}
const PORTS = {
  etcd: 1,
  etcdPeer: 2,
  charts: 3,
  registry: 4,
  clusters: {staging: cluster, eqiad: cluster, codfw: cluster},
}

test('the host configuration leads deploy to the sandbox', () => {
  const paths = sandboxPaths('demo', {XDG_STATE_HOME: '/s'})
  expect(parse(hostConfigText(paths, '/charts', PORTS))).toMatchObject({
    charts: '/charts',
    substitutions: {'/etc/kubernetes': paths.kubernetes},
    path: [paths.bin],
    env: {HELM_CONFIG_HOME: paths.helm.config},
    // The images of other charts than the example are not in the sandbox's registry.
    registry: {ask: false},
  })
  expect(parse(hostConfigText(paths, EXAMPLE_CHARTS, PORTS))).toMatchObject({
    registry: {mirrors: {'docker-registry.wikimedia.org': 'http://127.0.0.1:4'}},
  })
})

test('the list of images that the registry holds can be read, and is about the example', async () => {
  const images = await exampleImages()
  expect(images.get('wikimedia/shop')).toContain('2026-11-21-080000-crash')
})

describe('groups of clusters', () => {
  test('are those that the administrators name, each with its namespaces', async () => {
    const groups = await readClusterGroups(EXAMPLE_CHARTS)
    expect(groups.map(group => group.name).sort()).toEqual(['dse-k8s', 'main', 'ml-serve'])
    expect(groups.find(group => group.name === 'dse-k8s')?.namespaces).toEqual(['atlas-tiles'])
    expect(await readNamespaces(EXAMPLE_CHARTS)).toEqual(expect.arrayContaining(['atlas', 'atlas-tiles']))
  })

  test('a tree that is not laid out so is refused', async () => {
    await expect(readNamespaces(tmpdir())).rejects.toThrow(/read the namespaces: there is no/)
  })

  test('have kubeconfigs, facts and secrets under the names of their environments', async () => {
    const state = await mkdtemp(join(tmpdir(), 'deploy-host-files-'))
    try {
      const paths = sandboxPaths('demo', {XDG_STATE_HOME: state})
      const tools = {
        'helm3.17': '/t/helm3.17',
        'helm3.19': '/t/helm3.19',
        helmfile: '/t/helmfile',
        kubectl: '/t/k',
      }
      await writeHostFiles(paths, EXAMPLE_CHARTS, tools as ToolPaths, PORTS)
      await writeHostFiles(paths, EXAMPLE_CHARTS, tools as ToolPaths, PORTS)

      const config = (name: string) => join(paths.kubernetes, `${name}.config`)
      expect(await readlink(config('atlas-tiles-deploy-dse-k8s-eqiad'))).toBe(
        'atlas-tiles-deploy-eqiad.config',
      )
      expect(await readlink(config('atlas-tiles-dse-k8s-codfw'))).toBe('atlas-tiles-codfw.config')
      expect((await readdir(paths.kubernetes)).filter(name => name.startsWith('shop-'))).toEqual([])

      const defaults = (name: string) => readFile(join(paths.helmfileDefaults, name), 'utf8')
      expect(parse(await defaults('general-dse-k8s-codfw.yaml'))).toMatchObject({site: 'codfw'})
      expect(parse(await defaults('clusterinfo-staging.yaml'))).toEqual({kubernetesVersion: '1.34'})
      const secrets = await defaults('private/dse-k8s_services/atlas/dse-k8s-eqiad.yaml')
      expect(secrets).toContain('not-a-secret-atlas-dse-k8s-eqiad-token')
      await expect(defaults('general-aux-k8s-eqiad.yaml')).rejects.toThrow(/ENOENT/)

      // What scap writes for the wiki, and for no other service.
      const releases = await readdir(join(paths.helmfileDefaults, 'mediawiki', 'release'))
      const inEqiad = releases.filter(name => name.endsWith('-eqiad.yaml')).sort()
      expect(inEqiad).toEqual(['canary', 'main', 'next'].map(name => `wiki-web-${name}-eqiad.yaml`))
      expect(parse(await defaults('mediawiki/release/wiki-web-main-eqiad.yaml'))).toMatchObject({
        main_app: {image: expect.stringContaining(':')},
      })
    } finally {
      await rm(state, {recursive: true, force: true})
    }
  })
})

test.each([
  ['/plain/path', '/plain/path'],
  ["it's here", `'it'\\''s here'`],
])('quote %s', (text, quoted) => {
  expect(quote(text)).toBe(quoted)
})
