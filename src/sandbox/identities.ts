import type {Api} from './api.ts'
import {TOKEN_SECONDS} from './components.ts'
import {accountUidIn, kubeconfigText, tokenIn} from './kubeconfig.ts'
import type {Cluster} from './names.ts'
import {IDENTITIES, type Identity, namespaceObject, pathOf, roleBinding, serviceAccount} from './objects.ts'
import type {SandboxPaths} from './paths.ts'
import {readIfPresent, writePrivate} from '../tools/own-files.ts'

type Place = {api: Api; cluster: Cluster; server: string; ca: string; paths: SandboxPaths}

/** Make a namespace in a cluster, its two identities, and a kubeconfig for each. */
export async function ensureNamespace(namespace: string, place: Place): Promise<void> {
  const object = namespaceObject(namespace)
  await place.api.apply(pathOf(object), object)
  await Promise.all(IDENTITIES.map(identity => ensureIdentity(namespace, identity, place)))
}

async function ensureIdentity(namespace: string, identity: Identity, place: Place): Promise<void> {
  const account = serviceAccount(namespace, identity)
  const binding = roleBinding(namespace, identity)
  const [applied] = await Promise.all([
    place.api.apply<{metadata: {uid: string}}>(pathOf(account), account),
    place.api.apply(pathOf(binding), binding),
  ])

  const {cluster, server, ca, paths} = place
  const file =
    identity === 'deploy' ? paths.deployConfig(namespace, cluster) : paths.viewConfig(namespace, cluster)
  const before = await readIfPresent(file)
  const known = tokenIn(before)
  const token =
    accountUidIn(known) === applied.metadata.uid ? known : await newToken(namespace, identity, place.api)
  const user = `${namespace}-${identity}`
  const text = kubeconfigText({cluster, server, ca, user, token: token ?? '', namespace})
  if (text !== before) await writePrivate(file, text)
}

async function newToken(namespace: string, identity: Identity, api: Api): Promise<string> {
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {expirationSeconds: TOKEN_SECONDS},
  }
  const path = `${pathOf(serviceAccount(namespace, identity))}/token`
  return (await api.create<{status: {token: string}}>(path, body)).status.token
}
