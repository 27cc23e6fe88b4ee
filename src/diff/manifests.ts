import {parseAllDocuments, type ScalarTag} from 'yaml'
import {DeployError} from '../errors.ts'
import {parseBlockYaml} from './block-yaml.ts'
import type {KubernetesObject} from './kubernetes-object.ts'
import {MAY_BE_SPECIAL, plainScalar} from './yaml-scalars.ts'

export {type KubernetesObject, objectKey} from './kubernetes-object.ts'

/** The objects of helm's manifest text; documents without a kind are left out, lists are taken apart. */
export function parseManifest(text: string, defaultNamespace: string): KubernetesObject[] {
  return text.split(DOCUMENT_START).flatMap(document => {
    const source = /^# Source: (\S+)/m.exec(document)?.[1]
    return valuesOf(document, source)
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

const DOCUMENT_START = /^---[ \t]*(?:#.*)?\r?$\n?/m

function valuesOf(document: string, source: string | undefined): unknown[] {
  const simple = parseBlockYaml(document)
  return simple === undefined ? parseFully(document, source) : [simple.value]
}

function parseFully(document: string, source: string | undefined): unknown[] {
  return parseAllDocuments(document, {
    schema: 'failsafe',
    customTags: [PLAIN_SCALAR],
    merge: true,
    uniqueKeys: false,
    logLevel: 'error',
  }).map(parsed => {
    const [error] = parsed.errors
    if (error === undefined) return parsed.toJS()
    throw new DeployError('bad-render', `read what ${source ?? 'the chart'} rendered: ${error.message}`)
  })
}

const PLAIN_SCALAR: ScalarTag = {
  tag: 'tag:yaml.org,2002:plain',
  default: true,
  test: MAY_BE_SPECIAL,
  resolve: plainScalar,
}

// biome-ignore lint/suspicious/noExplicitAny: any shape a chart renders
function itemsOf(body: any): any[] {
  if (typeof body !== 'object' || typeof body?.kind !== 'string') return []
  return body.kind.endsWith('List') && Array.isArray(body.items) ? body.items.flatMap(itemsOf) : [body]
}
