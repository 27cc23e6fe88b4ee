import {authorize, DeniedError} from './authorize.ts'
import type {CredentialsFile} from './credentials.ts'
import type {Exchange, Request, Response} from './exchange.ts'
import type {ImageReference} from './reference.ts'

/** One repository of one registry, asked about one image. */
export type Repository = {
  reference: ImageReference
  /** @param path below `/v2/NAME/`, or the next page that the registry itself named */
  get(method: 'GET' | 'HEAD', path: string, accept: string): Promise<Response>
}

const MAX_REDIRECTS = 3

/** Sends requests as the registry wants them: with a token where it asks for one, elsewhere where it says so. */
export function openRepository(
  origin: URL,
  reference: ImageReference,
  credentials: CredentialsFile,
  exchange: Exchange,
  signal: AbortSignal,
): Repository {
  let authorization: string | undefined
  const base = new URL(`/v2/${reference.repository}/`, origin)

  const follow = async (request: Request, redirects: number): Promise<Response> => {
    const answer = await exchange(request, signal)
    const next = [301, 302, 307, 308].includes(answer.status) ? answer.headers.location : undefined
    const url = next === undefined ? null : URL.parse(next, request.url.href)
    if (url === null || redirects === 0) return answer
    const {authorization: secret, ...plain} = request.headers
    // What one host asked for is no other's to see.
    const headers = url.origin === request.url.origin && secret !== undefined ? request.headers : plain
    return follow({...request, url, headers}, redirects - 1)
  }
  const send = (method: 'GET' | 'HEAD', path: string, accept: string) => {
    const url = new URL(path, base)
    const mayKnow = authorization !== undefined && url.origin === base.origin
    const headers = {
      accept,
      'user-agent': 'deploy',
      ...(mayKnow && authorization !== undefined ? {authorization} : {}),
    }
    return follow({method, url, headers}, MAX_REDIRECTS)
  }
  return {
    reference,
    async get(method, path, accept) {
      const first = await send(method, path, accept)
      if (first.status !== 401 || authorization !== undefined) return first
      const challenge = first.headers['www-authenticate']
      authorization = await authorize(base, challenge, credentials, exchange, signal)
      const second = await send(method, path, accept)
      if (second.status === 401) throw new DeniedError('it does not accept the credentials that are there')
      return second
    },
  }
}
