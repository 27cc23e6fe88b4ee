import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {stringify} from 'yaml'
import type {CaseObject} from './case-objects.ts'

/** Something for the release's own hook to do, right before helm writes. */
export type Hook = {command: string; args: readonly string[]}

/** Write a charts repository in which every case is a service of its own, with a namespace of the same name. */
export async function writeCaseRepository(dir: string, names: readonly string[]): Promise<void> {
  const write = (path: string, text: string) => writeIn(dir, path, text)
  await write('charts/case/Chart.yaml', stringify({apiVersion: 'v2', name: 'case', version: '0.1.0'}))
  await write(
    'charts/case/templates/objects.yaml',
    '{{- range .Values.objects }}\n---\n{{ toYaml . }}\n{{- end }}\n',
  )
  const namespaces = Object.fromEntries(names.map(name => [name, {}]))
  await write('helmfile.d/admin_ng/values/main.yaml', stringify({namespaces}))
  for (const name of names) await write(servicePath(name, 'helmfile.yaml'), helmfileText(name))
}

/** What the next deployment of a case is to bring. */
export async function writeCase(dir: string, name: string, objects: readonly CaseObject[]): Promise<void> {
  await writeIn(dir, servicePath(name, 'values.yaml'), stringify({objects}, {aliasDuplicateObjects: false}))
}

export async function writeHook(dir: string, name: string, hook: Hook): Promise<void> {
  await writeIn(dir, servicePath(name, 'helmfile.yaml'), helmfileText(name, hook))
}

export async function writeSettings(dir: string, name: string, settings: object): Promise<void> {
  await writeIn(dir, servicePath(name, 'deploy.yaml'), stringify(settings))
}

function servicePath(name: string, file: string): string {
  return `helmfile.d/services/${name}/${file}`
}

function helmfileText(name: string, hook?: Hook): string {
  const environment = (cluster: string) => ({
    values: [{kubeConfig: `/etc/kubernetes/${name}-deploy-${cluster}.config`}],
  })
  const state = {
    helmDefaults: {
      timeout: 600,
      createNamespace: false,
      args: ['--kubeconfig', '{{ .Environment.Values.kubeConfig }}'],
    },
    releases: [
      {
        name: 'main',
        namespace: name,
        chart: 'wmf-stable/case',
        values: ['values.yaml'],
        ...(hook === undefined ? {} : {hooks: [{events: ['presync'], ...hook}]}),
      },
    ],
  }
  const environments = {staging: environment('staging'), codfw: environment('codfw')}
  return `${stringify({environments})}---\n${stringify(state)}`
}

async function writeIn(dir: string, path: string, text: string): Promise<void> {
  const file = join(dir, path)
  await mkdir(join(file, '..'), {recursive: true})
  await writeFile(file, text)
}
