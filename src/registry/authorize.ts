import {parseChallenge, type Challenge} from './challenge.ts'
import {type Credentials, type CredentialsFile, readCredentials} from './credentials.ts'
import type {Exchange} from './exchange.ts'

/** A registry that does not let us ask; the reason is for people and holds no secret. */
export class DeniedError extends Error {}

type Bearer = Extract<Challenge, {kind: 'bearer'}>

/**
 * Answer a registry's challenge.
 * Source: distribution's "Token Authentication Specification"; the refresh grant is its "OAuth2 Token Authentication".
 * @param origin what was asked; credentials are looked up under its host, not under the image's
 * @returns the value of the Authorization header
 * @throws DeniedError when it cannot be answered
 */
export async function authorize(
  origin: URL,
  wwwAuthenticate: string | undefined,
  file: CredentialsFile,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<string> {
  const challenge = parseChallenge(wwwAuthenticate)
  if (challenge === undefined) throw new DeniedError('it asks for credentials of an unknown kind')
  const credentials = await readCredentials(file, origin.host).catch((error: Error) => {
    throw new DeniedError(error.message)
  })
  if (credentials !== undefined) checkPrivate(challenge.kind === 'basic' ? origin : challenge.realm)
  if (challenge.kind === 'bearer')
    return `Bearer ${await fetchToken(challenge, credentials, exchange, signal)}`
  if (credentials?.kind === 'password') return basic(credentials)
  throw new DeniedError(`it asks for a password, and ${file.path} has none for ${origin.host}`)
}

async function fetchToken(
  challenge: Bearer,
  credentials: Credentials | undefined,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<string> {
  const answer = await exchange(tokenRequest(challenge, credentials), signal)
  if (answer.status !== 200) {
    const who = credentials === undefined ? 'without credentials' : 'with the credentials that are there'
    throw new DeniedError(`${challenge.realm.host} gives no token ${who} (${answer.status})`)
  }
  const token = tokenIn(answer.body)
  if (token === undefined) throw new DeniedError(`${challenge.realm.host} answered without a token`)
  return token
}

function tokenRequest({realm, service, scope}: Bearer, credentials: Credentials | undefined) {
  const asked = {...(service === undefined ? {} : {service}), ...(scope === undefined ? {} : {scope})}
  if (credentials?.kind === 'identity-token') {
    const grant = {grant_type: 'refresh_token', client_id: 'deploy', refresh_token: credentials.token}
    const headers = {'content-type': 'application/x-www-form-urlencoded'}
    const body = new URLSearchParams({...asked, ...grant}).toString()
    return {method: 'POST' as const, url: realm, headers, body}
  }
  const url = new URL(realm)
  for (const [name, value] of Object.entries(asked)) url.searchParams.append(name, value)
  const headers: Record<string, string> = credentials === undefined ? {} : {authorization: basic(credentials)}
  return {method: 'GET' as const, url, headers}
}

function tokenIn(body: Buffer): string | undefined {
  try {
    const answer = JSON.parse(body.toString('utf8')) as {token?: unknown; access_token?: unknown}
    const token = answer.token ?? answer.access_token
    return typeof token === 'string' && token !== '' ? token : undefined
  } catch {
    return undefined
  }
}

function basic({username, password}: Extract<Credentials, {kind: 'password'}>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function checkPrivate(url: URL): void {
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
  if (url.protocol === 'https:' || isHere) return
  throw new DeniedError(`credentials are not sent to ${url.host} over plain http`)
}
