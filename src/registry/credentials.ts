import {readFile} from 'node:fs/promises'

/** What a docker `config.json` holds for one registry. */
export type Credentials =
  | {kind: 'password'; username: string; password: string}
  /** What `docker login` keeps of some registries instead of a password. */
  | {kind: 'identity-token'; token: string}

export type CredentialsFile = {
  path: string
  /** Named in the settings, so that its absence is a fault. */
  isNamed: boolean
}

type DockerConfig = {auths?: Record<string, DockerAuth | undefined>}
type DockerAuth = {auth?: string; username?: string; password?: string; identitytoken?: string}

const DOCKER_HUB = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io'])

/**
 * Look up what a docker `config.json` says of a registry. Only `auths` is read: no credential helper is started.
 * @param host with its port, as it is asked
 * @throws Error when a named file cannot be read, or any is not JSON; its message holds nothing of the content
 */
export async function readCredentials(file: CredentialsFile, host: string): Promise<Credentials | undefined> {
  const auths = (await readConfig(file))?.auths ?? {}
  const [, found] = Object.entries(auths).find(([key]) => isSameHost(hostOf(key), host)) ?? []
  if (found === undefined) return undefined
  if (found.identitytoken) return {kind: 'identity-token', token: found.identitytoken}
  const [username, password] = found.auth ? splitAuth(found.auth) : [found.username, found.password]
  return username === undefined || password === undefined ? undefined : {kind: 'password', username, password}
}

async function readConfig({path, isNamed}: CredentialsFile): Promise<DockerConfig | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (!isNamed) return undefined
    throw new Error(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`, {cause: error})
  }
  try {
    return JSON.parse(text) as DockerConfig
  } catch {
    // JSON.parse quotes the text, which holds passwords.
    throw new Error(`${path} is not JSON`)
  }
}

/** Written `registry:5000`, `https://registry`, or `https://index.docker.io/v1/`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
}

function isSameHost(a: string, b: string): boolean {
  return a === b || (DOCKER_HUB.has(a) && DOCKER_HUB.has(b))
}

function splitAuth(auth: string): [string, string] | [undefined, undefined] {
  const text = Buffer.from(auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? [undefined, undefined] : [text.slice(0, colon), text.slice(colon + 1)]
}
