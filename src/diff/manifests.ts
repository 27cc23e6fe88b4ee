import {parseHelmYaml, splitDocuments} from './helm-yaml.ts'
import type {KubernetesObject} from './kubernetes-object.ts'

export {type KubernetesObject, objectKey} from './kubernetes-object.ts'

/** The objects of helm's manifest text; documents without a kind are left out, lists are taken apart. */
export function parseManifest(text: string, defaultNamespace: string): KubernetesObject[] {
  return splitDocuments(text).flatMap(document => {
    const source = /^# Source: (\S+)/m.exec(document)?.[1]
    return parseHelmYaml(document, `what ${source ?? 'the chart'} rendered`)
      .flatMap(itemsOf)
      .map(body => ({
        apiVersion: String(body.apiVersion ?? ''),
        kind: body.kind,
        namespace: String(body.metadata?.namespace ?? defaultNamespace),
        name: String(body.metadata?.name ?? ''),
        source,
        body,
      }))
  })
}

// biome-ignore lint/suspicious/noExplicitAny: any shape a chart renders
function itemsOf(body: any): any[] {
  if (typeof body !== 'object' || typeof body?.kind !== 'string') return []
  return body.kind.endsWith('List') && Array.isArray(body.items) ? body.items.flatMap(itemsOf) : [body]
}
