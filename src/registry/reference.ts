import {splitImage} from '../version/tag.ts'

/** An image as a registry is asked for it. */
export type ImageReference = {
  /** As the image's name has it; `docker.io` when it has none. */
  host: string
  repository: string
  tag: string | undefined
  digest: string | undefined
}

// Source: the OCI distribution specification, "Pulling manifests".
const REPOSITORY = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/
const DIGEST = /^sha256:[0-9a-f]{64}$/

/** Take an image's name apart; undefined for what is none: the kubelet will say so. */
export function parseReference(image: string): ImageReference | undefined {
  const {name, tag, digest} = splitImage(image)
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  // As docker decides it: only a first part with a dot, a port or `localhost` is a host.
  const isHost = /[.:]|^localhost$/.test(first)
  const rest = isHost ? name.slice(slash + 1) : name
  const host = isHost ? first : 'docker.io'
  const repository = host === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest
  const isValid =
    REPOSITORY.test(repository) &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest))
  return isValid ? {host, repository, tag, digest} : undefined
}

/** What comes last in the address: the digest decides where there is one, as it does for Kubernetes. */
export function manifestName({tag, digest}: ImageReference): string {
  return digest ?? tag ?? 'latest'
}
