import {parseAllDocuments} from 'yaml'

/** One object of a rendered manifest. */
export type KubernetesObject = {
  apiVersion: string
  kind: string
  namespace: string
  name: string
  /** The chart's template file, from helm's `# Source:` comment. */
  source: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: any shape a chart renders
  body: any
}

/** The objects of helm's manifest text; documents without a kind are left out. */
export function parseManifest(text: string, defaultNamespace: string): KubernetesObject[] {
  return parseAllDocuments(text, {
    schema: 'yaml-1.1',
    merge: true,
    uniqueKeys: false,
    logLevel: 'error',
  }).flatMap(document => {
    const body = document.toJS()
    if (body === null || typeof body !== 'object' || typeof body.kind !== 'string') return []
    const comment = `${document.commentBefore ?? ''}\n${document.contents?.commentBefore ?? ''}`
    return [
      {
        apiVersion: String(body.apiVersion ?? ''),
        kind: body.kind,
        namespace: body.metadata?.namespace ?? defaultNamespace,
        name: String(body.metadata?.name ?? ''),
        source: /Source:\s*(\S+)/.exec(comment)?.[1],
        body,
      },
    ]
  })
}

export function objectKey(
  object: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'namespace' | 'name'>,
): string {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : ''
  return `${group}/${object.kind}/${object.namespace}/${object.name}`
}
