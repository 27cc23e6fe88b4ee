import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {parseChallenge} from '../../src/registry/challenge.ts'
import {readCredentials} from '../../src/registry/credentials.ts'
import {manifestName, parseReference} from '../../src/registry/reference.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

describe('parseReference', () => {
  test.each([
    ['nginx', 'docker.io', 'library/nginx', 'latest'],
    ['team/app:1.2', 'docker.io', 'team/app', '1.2'],
    ['registry.test/app:1.2', 'registry.test', 'app', '1.2'],
    ['registry.test:5000/a/b/c', 'registry.test:5000', 'a/b/c', 'latest'],
    ['localhost/a:1', 'localhost', 'a', '1'],
    [`registry.test/a:1@${DIGEST}`, 'registry.test', 'a', DIGEST],
    [`registry.test/a@${DIGEST}`, 'registry.test', 'a', DIGEST],
    ['registry.test/a__b/c-d.e:X_1', 'registry.test', 'a__b/c-d.e', 'X_1'],
  ])('%s', (image, host, repository, name) => {
    const reference = parseReference(image)
    expect(reference).toMatchObject({host, repository})
    expect(reference && manifestName(reference)).toBe(name)
  })

  test.each([
    '',
    'Team/app:1',
    'registry.test/a:b c',
    'registry.test/../x:1',
    'registry.test/a@sha256:12',
    'a//b:1',
  ])('%j is no image', image => expect(parseReference(image)).toBeUndefined())
})

describe('parseChallenge', () => {
  test('a bearer with all it may hold', () => {
    const header =
      'Bearer realm="https://auth.test/token?x=1",service="registry.test",scope="repository:a/b:pull,push"'
    expect(parseChallenge(header)).toEqual({
      kind: 'bearer',
      realm: new URL('https://auth.test/token?x=1'),
      service: 'registry.test',
      scope: 'repository:a/b:pull,push',
    })
  })

  test.each([
    ['Basic realm="x"', {kind: 'basic'}],
    ['bearer realm=https://a.test/t', {kind: 'bearer', realm: new URL('https://a.test/t')}],
    ['Bearer realm="file:///etc/passwd"', undefined],
    ['Bearer service="x"', undefined],
    ['Negotiate', undefined],
    [undefined, undefined],
  ])('%j', (header, challenge) => expect(parseChallenge(header)).toEqual(challenge))
})

describe('readCredentials', () => {
  let path: string
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'deploy-credentials-'))
    path = join(directory, 'config.json')
    const auths = {
      'registry.test': {auth: Buffer.from('jo:pass:word').toString('base64')},
      'https://other.test/v1/': {username: 'jo', password: 'word'},
      'https://index.docker.io/v1/': {username: 'hub', password: 'word'},
      'token.test': {auth: 'AAAA', identitytoken: 'refresh'},
      'helper.test': {},
    }
    await writeFile(path, JSON.stringify({auths}))
  })
  afterAll(() => rm(directory, {recursive: true}))

  test.each([
    ['registry.test', {kind: 'password', username: 'jo', password: 'pass:word'}],
    ['other.test', {kind: 'password', username: 'jo', password: 'word'}],
    ['registry-1.docker.io', {kind: 'password', username: 'hub', password: 'word'}],
    ['token.test', {kind: 'identity-token', token: 'refresh'}],
    ['helper.test', undefined],
    ['registry.test:5000', undefined],
    ['nobody.test', undefined],
  ])('%s', async (host, credentials) => {
    expect(await readCredentials({path, isNamed: true}, host)).toEqual(credentials)
  })

  test('a file is only missed where it was named', async () => {
    const absent = join(directory, 'absent.json')
    expect(await readCredentials({path: absent, isNamed: false}, 'registry.test')).toBeUndefined()
    await expect(readCredentials({path: absent, isNamed: true}, 'registry.test')).rejects.toThrow(/ENOENT/)
  })
})
