import type {RegistrySettings} from '../charts/settings.ts'
import type {ImageAnswer} from '../plan/image-answers.ts'
import {DeniedError} from './authorize.ts'
import type {CredentialsFile} from './credentials.ts'
import {openExchange} from './exchange.ts'
import {findManifest, listTags} from './find-manifest.ts'
import {type ImageReference, parseReference} from './reference.ts'
import {openRepository} from './repository.ts'

/** Asks registries for images; every image once. */
export type Registry = {
  /** Never rejects, and answers within the patience that its registry deserves. */
  ask(image: string): Promise<ImageAnswer>
  /** The tags that there are of an image's name; none where nothing is told in time. Never rejects. */
  tags(name: string): Promise<readonly string[]>
  close(): void
}

type Patience = {connectMs: number; answerMs: number}

// It was named to be asked: on a busy host an answer takes its time, and without one a version that is not there passes.
const NAMED: Patience = {connectMs: 5_000, answerMs: 10_000}
// Of a registry nobody named in the settings it is not known whether it can be reached from here at all.
const UNNAMED: Patience = {connectMs: 500, answerMs: 2_000}

/** Nothing is asked before the first question. */
export function openRegistry(settings: RegistrySettings, credentials: CredentialsFile): Registry {
  const named = new Set(Object.values(settings.mirrors).map(url => new URL(url).host))
  const patienceWith = ({host}: URL) => (named.has(host) ? NAMED : UNNAMED)
  const {exchange, close} = openExchange(url => patienceWith(url).connectMs)
  const closing = new AbortController()
  const answers = new Map<string, Promise<ImageAnswer>>()
  // A registry that did not answer once is not asked again in this run.
  const silent = new Map<string, string>()

  const repositoryAt = (origin: URL, reference: ImageReference) => {
    const {answerMs} = patienceWith(origin)
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(answerMs)])
    return openRepository(origin, reference, credentials, exchange, signal)
  }
  const ask = async (image: string): Promise<ImageAnswer> => {
    const reference = settings.isAsked ? parseReference(image) : undefined
    if (reference === undefined) return {kind: 'not-asked'}
    const origin = originOf(reference.host, settings.mirrors)
    const {answerMs} = patienceWith(origin)
    const known = silent.get(origin.host)
    if (known !== undefined) return {kind: 'unreachable', registry: reference.host, reason: known}
    try {
      return await findManifest(repositoryAt(origin, reference))
    } catch (error) {
      if (error instanceof DeniedError)
        return {kind: 'denied', registry: reference.host, reason: error.message}
      const reason = reasonOf(error, answerMs)
      silent.set(origin.host, reason)
      return {kind: 'unreachable', registry: reference.host, reason}
    }
  }

  return {
    ask(image) {
      const answer = answers.get(image) ?? ask(image)
      answers.set(image, answer)
      return answer
    },
    async tags(name) {
      const reference = settings.isAsked ? parseReference(name) : undefined
      if (reference === undefined) return []
      const repository = repositoryAt(originOf(reference.host, settings.mirrors), reference)
      return listTags(repository).catch(() => [])
    },
    close() {
      closing.abort()
      close()
    },
  }
}

function originOf(host: string, mirrors: RegistrySettings['mirrors']): URL {
  const mirror = mirrors[host]
  if (mirror !== undefined) return new URL(mirror)
  if (host === 'docker.io') return new URL('https://registry-1.docker.io')
  // As docker does: nobody has a certificate for these.
  return new URL(`${/^(localhost|127\.)/.test(host) ? 'http' : 'https'}://${host}`)
}

function reasonOf(error: unknown, answerMs: number): string {
  const {name, code = '', message} = error as NodeJS.ErrnoException
  if (name === 'TimeoutError' || name === 'AbortError') return `no answer within ${answerMs / 1000} s`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no such host from here'
  if (code === 'ECONNREFUSED') return 'it refuses connections'
  return message || code
}
