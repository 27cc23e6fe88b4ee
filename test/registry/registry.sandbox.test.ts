import {createHash} from 'node:crypto'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {openRegistry} from '../../src/registry/registry.ts'
import {PLAIN_CONTENT} from '../../src/sandbox/image-content.ts'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {pushImage} from '../../src/sandbox/push-image.ts'
import {exec} from '../../src/tools/exec.ts'
import {
  openRegistries,
  PASSWORD,
  pullToken,
  type RealRegistries,
  signer,
  USER,
  withServer,
} from './real-registry.ts'

const INDEX = 'application/vnd.oci.image.index.v1+json'
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

let registries: RealRegistries
let open: string
let digest: string

beforeAll(async () => {
  registries = await openRegistries()
  open = await registries.start({kind: 'none'})
  for (const tag of ['1.0', '1.1', '2.0-production']) await push(tag)
  digest = await push('1.2')
})
afterAll(() => registries?.stop())

const push = (tag: string) => pushImage(open, 'team/app', tag, PLAIN_CONTENT)

type Given = {credentials?: string; isAsked?: boolean; mirrors?: Record<string, string>}

/** Ask as a run does, and leave nothing open. */
async function ask(url: string, image: string, given: Given = {}) {
  const {credentials, isAsked = true, mirrors = {'registry.test': url}} = given
  const file = {path: credentials ?? '/nowhere', isNamed: credentials !== undefined}
  const registry = openRegistry({isAsked, mirrors, credentials}, file)
  try {
    return await registry.ask(image)
  } finally {
    registry.close()
  }
}

/** The same in a process of its own: which certificates the system has is read once. */
async function askWithCertificate(file: string, url: string, image: string) {
  const module = join(PACKAGE_ROOT, 'src', 'registry', 'registry.ts')
  const script = `
    const {openRegistry} = await import(${JSON.stringify(module)})
    const settings = {isAsked: true, mirrors: {'registry.test': ${JSON.stringify(url)}}}
    const registry = openRegistry(settings, {path: '/nowhere', isNamed: false})
    console.log(JSON.stringify(await registry.ask(${JSON.stringify(image)})))
    registry.close()
  `
  const ran = await exec(process.execPath, ['--input-type=module', '-e', script], {
    env: {SSL_CERT_FILE: file},
  })
  return JSON.parse(ran.stdout)
}

async function credentialsFor(url: string, auth: object): Promise<string> {
  const path = join(registries.directory, `config-${Math.random()}.json`)
  await writeFile(path, JSON.stringify({auths: {[url]: auth}}))
  return path
}

const basic = (password: string) => ({auth: Buffer.from(`${USER}:${password}`).toString('base64')})

describe('what is there', () => {
  test('a tag, with its digest', async () => {
    expect(await ask(open, 'registry.test/team/app:1.2')).toEqual({kind: 'found', digest})
  })

  test('a digest: the tag beside it does not matter', async () => {
    expect(await ask(open, `registry.test/team/app@${digest}`)).toEqual({kind: 'found', digest})
    expect(await ask(open, `registry.test/team/app:nope@${digest}`)).toEqual({kind: 'found', digest})
  })

  test('an image for several platforms: the digest of its index', async () => {
    const manifests = [
      {mediaType: MANIFEST, digest, size: 500, platform: {os: 'linux', architecture: 'amd64'}},
    ]
    const body = JSON.stringify({schemaVersion: 2, mediaType: INDEX, manifests})
    const put = {method: 'PUT', body, headers: {'content-type': INDEX}}
    expect((await fetch(`${open}/v2/team/app/manifests/multi`, put)).status).toBe(201)
    const ofIndex = `sha256:${createHash('sha256').update(body).digest('hex')}`
    expect(await ask(open, 'registry.test/team/app:multi')).toEqual({kind: 'found', digest: ofIndex})
  })

  test('a registry on this computer needs no mirror', async () => {
    const host = new URL(open).host
    expect(await ask(open, `${host}/team/app:1.2`, {mirrors: {}})).toEqual({kind: 'found', digest})
  })
})

describe('what is missing', () => {
  test('a tag: the nearest ones are told', async () => {
    const answer = await ask(open, 'registry.test/team/app:2.0-prodction')
    expect(answer.kind === 'missing' && answer.nearest[0]).toBe('2.0-production')
    // All there are: which of them may be proposed is for the plan to say.
    expect(answer.kind === 'missing' && answer.nearest).toHaveLength(5)
  })

  test('a name', async () => {
    expect(await ask(open, 'registry.test/team/ap:1.2')).toEqual({kind: 'missing', nearest: []})
  })

  test('a digest: what its tag has now is told', async () => {
    const other = `sha256:${'0'.repeat(64)}`
    const nearest = [`1.2@${digest}`]
    expect(await ask(open, `registry.test/team/app:1.2@${other}`)).toEqual({kind: 'missing', nearest})
    expect(await ask(open, `registry.test/team/app@${other}`)).toEqual({kind: 'missing', nearest: []})
  })

  test('what was deleted', async () => {
    const gone = await push('gone')
    await fetch(`${open}/v2/team/app/manifests/${gone}`, {method: 'DELETE'})
    expect((await ask(open, 'registry.test/team/app:gone')).kind).toBe('missing')
  })
})

describe('a registry that wants a password', () => {
  let url: string
  beforeAll(async () => {
    url = await registries.start({kind: 'password'})
  })

  test('with the right one', async () => {
    const credentials = await credentialsFor(url, basic(PASSWORD))
    expect(await ask(url, 'registry.test/team/app:1.2', {credentials})).toEqual({kind: 'found', digest})
    const missing = await ask(url, 'registry.test/team/app:1.3', {credentials})
    expect(missing.kind === 'missing' && missing.nearest.length).toBeGreaterThan(2)
  })

  test('with a wrong one, with none, with a file that is not there or broken: denied, and no password is told', async () => {
    const wrong = await ask(url, 'registry.test/team/app:1.2', {
      credentials: await credentialsFor(url, basic('wrong-password')),
    })
    expect(wrong).toMatchObject({kind: 'denied', registry: 'registry.test'})
    expect(JSON.stringify(wrong)).not.toContain('wrong-password')
    expect(await ask(url, 'registry.test/team/app:1.2')).toMatchObject({
      kind: 'denied',
      reason: expect.stringContaining('asks for a password'),
    })
    const absent = await ask(url, 'registry.test/team/app:1.2', {credentials: '/nowhere/config.json'})
    expect(absent).toMatchObject({kind: 'denied', reason: expect.stringContaining('ENOENT')})
    const broken = join(registries.directory, 'broken.json')
    await writeFile(broken, `{"auths": ${PASSWORD}`)
    const answer = await ask(url, 'registry.test/team/app:1.2', {credentials: broken})
    expect(answer).toMatchObject({kind: 'denied', reason: expect.stringContaining('is not JSON')})
    expect(JSON.stringify(answer)).not.toContain(PASSWORD)
  })

  test('credentials are those of the host that is asked, not of the one in the name', async () => {
    const credentials = await credentialsFor('registry.test', basic(PASSWORD))
    expect((await ask(url, 'registry.test/team/app:1.2', {credentials})).kind).toBe('denied')
  })
})

describe('a registry that wants a token', () => {
  /** A token service, and the registry that trusts it. */
  async function withTokens(
    isKnown: (authorization: string | undefined) => boolean,
    run: (url: string, heard: {url: string; body: string}[]) => Promise<void>,
  ) {
    const listener: Parameters<typeof withServer>[0] = async (request, response) => {
      if (!isKnown(request.headers.authorization)) return response.writeHead(401).end('{}')
      const token = await pullToken('team/app')
      return response.end(JSON.stringify(request.method === 'POST' ? {access_token: token} : {token}))
    }
    await withServer(listener, async (service, heard) =>
      run(await registries.start({kind: 'token', realm: `${service}/token`}), heard),
    )
  }

  test('anonymous', async () => {
    await withTokens(
      () => true,
      async (url, heard) => {
        expect(await ask(url, 'registry.test/team/app:1.2')).toEqual({kind: 'found', digest})
        expect(heard).toHaveLength(1)
        expect(new URL(heard[0]?.url ?? '', url).searchParams.get('scope')).toBe('repository:team/app:pull')
        // The same token serves the list of tags.
        const missing = await ask(url, 'registry.test/team/app:1.3')
        expect(missing.kind === 'missing' && missing.nearest.length).toBeGreaterThan(2)
        // A token for another repository is not accepted.
        expect((await ask(url, 'registry.test/team/other:1')).kind).toBe('denied')
      },
    )
  })

  test('with a password for the token service', async () => {
    const {auth} = basic(PASSWORD)
    await withTokens(
      authorization => authorization === `Basic ${auth}`,
      async url => {
        const credentials = await credentialsFor(url, {username: USER, password: PASSWORD})
        expect(await ask(url, 'registry.test/team/app:1.2', {credentials})).toEqual({kind: 'found', digest})
        expect(await ask(url, 'registry.test/team/app:1.2')).toMatchObject({
          kind: 'denied',
          reason: expect.stringContaining('no token without credentials (401)'),
        })
      },
    )
  })

  test('with an identity token, as docker login keeps it of some registries', async () => {
    await withTokens(
      () => true,
      async (url, heard) => {
        const credentials = await credentialsFor(url, {auth: 'OnVua25vd24=', identitytoken: 'refresh-me'})
        expect(await ask(url, 'registry.test/team/app:1.2', {credentials})).toEqual({kind: 'found', digest})
        expect(heard[0]?.body).toContain('grant_type=refresh_token')
        expect(heard[0]?.url).not.toContain('refresh-me')
      },
    )
  })
})

describe('no usable answer', () => {
  test('nobody listens', async () => {
    const answer = await ask('http://127.0.0.1:1', 'registry.test/team/app:1.2')
    expect(answer).toEqual({kind: 'unreachable', registry: 'registry.test', reason: 'it refuses connections'})
  })

  test('there is no such host', async () => {
    const answer = await ask(open, 'registry.invalid/team/app:1.2')
    expect(answer).toMatchObject({kind: 'unreachable', registry: 'registry.invalid'})
  })

  test('a certificate that nobody vouches for; a registry whose certificate the system knows is asked', async () => {
    const url = await registries.start({kind: 'tls'})
    const answer = await ask(url, 'registry.test/team/app:1.2')
    expect(answer).toMatchObject({kind: 'unreachable', reason: expect.stringMatching(/certificate/)})
    expect(await askWithCertificate(`${signer}.crt`, url, 'registry.test/team/app:1.2')).toEqual({
      kind: 'found',
      digest,
    })
  })

  test('it never answers: given up, and not asked again', async () => {
    await withServer(
      () => {},
      async (url, heard) => {
        const file = {path: '/nowhere', isNamed: false}
        const settings = {isAsked: true, mirrors: {'registry.test': url}, credentials: undefined}
        const registry = openRegistry(settings, file)
        const first = await registry.ask('registry.test/team/app:1.2')
        expect(first).toMatchObject({kind: 'unreachable', reason: 'no answer within 10 s'})
        expect(await registry.ask('registry.test/team/app:1.1')).toEqual(first)
        expect(heard).toHaveLength(1)
        registry.close()
      },
    )
  })

  test.each([
    [404, 'a page of some web server', /answered 404, and not as a registry does/],
    [503, '', /answered 503/],
    [429, '{"errors": [{"code": "TOOMANYREQUESTS"}]}', /answered 429/],
  ])('%i %s', async (status, body, words) => {
    await withServer(
      (_request, response) => void response.writeHead(status).end(body),
      async (url, heard) => {
        const answer = await ask(url, 'registry.test/team/app:1.2')
        expect(answer).toMatchObject({kind: 'unreachable', reason: expect.stringMatching(words)})
        expect(heard.length).toBeLessThanOrEqual(2)
      },
    )
  })

  test('403 is no word about the image', async () => {
    await withServer(
      (_request, response) => void response.writeHead(403).end('{"errors": [{"code": "DENIED"}]}'),
      async url => expect((await ask(url, 'registry.test/team/app:1.2')).kind).toBe('denied'),
    )
  })
})

test('another place is followed, and not told what the first one was told', async () => {
  await withServer(
    (_request, response) => void response.writeHead(200, {'docker-content-digest': digest}).end(),
    async (elsewhere, heardThere) => {
      const listener: Parameters<typeof withServer>[0] = (request, response) => {
        if (request.headers.authorization === undefined)
          return response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end()
        return response.writeHead(307, {location: `${elsewhere}${request.url}`}).end()
      }
      await withServer(listener, async (url, heard) => {
        const credentials = await credentialsFor(url, basic(PASSWORD))
        expect(await ask(url, 'registry.test/team/app:1.2', {credentials})).toEqual({kind: 'found', digest})
        expect(heard.at(-1)?.authorization).toMatch(/^Basic /)
      })
      expect(heardThere.map(({authorization}) => authorization)).toEqual([undefined])
    },
  )
})

test('a registry that tells no digest: it is that of the manifest', async () => {
  const body = '{"schemaVersion": 2}'
  await withServer(
    (_request, response) => void response.end(body),
    async url => {
      const expected = `sha256:${createHash('sha256').update(body).digest('hex')}`
      expect(await ask(url, 'registry.test/team/app:1.2')).toEqual({kind: 'found', digest: expected})
    },
  )
})

test('nothing is asked where the settings say so, and of what is no image', async () => {
  await withServer(
    (_request, response) => void response.end(),
    async (url, heard) => {
      const image = 'registry.test/team/app:1.2'
      expect(await ask(url, image, {isAsked: false})).toEqual({kind: 'not-asked'})
      expect(await ask(url, 'registry.test/Team/App:1')).toEqual({kind: 'not-asked'})
      expect(await ask(url, 'registry.test/../app:1')).toEqual({kind: 'not-asked'})
      expect(heard).toEqual([])
    },
  )
})
