import {stringify} from 'yaml'

export type KubeconfigParts = {
  cluster: string
  server: string
  /** The certificate of the API server, PEM. */
  ca: string
  user: string
  token: string
  namespace?: string
  /** The name in the server's certificate, where its address is none of them. */
  serverName?: string
}

/** The text of a kubeconfig that needs no other file. */
export function kubeconfigText(parts: KubeconfigParts): string {
  const {cluster, server, ca, user, token, namespace, serverName} = parts
  const context = {cluster, user, ...(namespace === undefined ? {} : {namespace})}
  const named = serverName === undefined ? {} : {'tls-server-name': serverName}
  const data = Buffer.from(ca).toString('base64')
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': cluster,
      clusters: [{name: cluster, cluster: {server, ...named, 'certificate-authority-data': data}}],
      users: [{name: user, user: {token}}],
      contexts: [{name: cluster, context}],
    },
    {lineWidth: 0},
  )
}

/** The token in a kubeconfig written here; undefined when there is none. */
export function tokenIn(text: string | undefined): string | undefined {
  return text === undefined ? undefined : /^ {6}token: (\S+)$/m.exec(text)?.[1]
}

/** The service account a token was made for, by its unchangeable id. Tells a token of a deleted namespace. */
export function accountUidIn(token: string | undefined): string | undefined {
  const payload = token?.split('.')[1]
  if (payload === undefined) return undefined
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as TokenClaims
    return claims['kubernetes.io']?.serviceaccount?.uid
  } catch {
    return undefined
  }
}

type TokenClaims = {'kubernetes.io'?: {serviceaccount?: {uid?: string}}}
