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

/** The same object in two manifests has the same key, also when its group's version changed. */
export function objectKey(
  object: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'namespace' | 'name'>,
): string {
  const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : ''
  return `${group}/${object.kind}/${object.namespace}/${object.name}`
}
