import {join} from 'node:path'
import {parse} from 'yaml'
import {type DeployHost, openDeployHost} from './deploy-host.ts'
import {helm, kubectl} from './deploy.ts'

/** What each part of the charts repository says in a ConfigMap: where all is of one commit, all say the same. */
export type Said = {chart: string; helmfile: string; values: string; root: string; service: string}

const NAMESPACE = 'leaflets'
export const SERVICE = 'helmfile.d/services/tiny'

/** The files of a service that only says what it was made from. */
export function tinyFiles(value: string, chart = '../../../charts/tiny'): Record<string, string> {
  return {
    'charts/tiny/Chart.yaml': 'apiVersion: v2\nname: tiny\nversion: 0.1.0\n',
    'charts/tiny/values.yaml': `chart: "${value}"\n`,
    'charts/tiny/templates/said.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  labels: {app: tiny, release: {{ .Release.Name }}}
data:
{{- range $key := list "chart" "helmfile" "values" "root" "service" "general" }}
  {{ $key }}: {{ index $.Values $key | default "" | quote }}
{{- end }}
`,
    'deploy.yaml': `stateValues: {root: "${value}"}\n`,
    [`${SERVICE}/deploy.yaml`]: `stateValues: {service: "${value}"}\n`,
    [`${SERVICE}/values.yaml`]: `values: "${value}"\n`,
    [`${SERVICE}/helmfile.yaml`]: `helmDefaults:
  createNamespace: false
  args: [--kubeconfig, /etc/kubernetes/${NAMESPACE}-deploy-{{ .Environment.Name }}.config]
environments:
  staging: {}
  eqiad: {}
---
releases:
{{- range $name := list "tiny" "tiny-too" }}
  - name: {{ $name }}
    namespace: ${NAMESPACE}
    chart: ${chart}
    missingFileHandler: Warn
    values:
      - /etc/helmfile-defaults/tiny-{{ $.Environment.Name }}.yaml
      - values.yaml
      - helmfile: "${value}"
        root: {{ $.Values | get "root" "none" | quote }}
        service: {{ $.Values | get "service" "none" | quote }}
{{- end }}
`,
  }
}

/** A deploy host whose charts repository has that service as well. */
export async function openTinyHost(value: string, chart?: string): Promise<DeployHost> {
  const host = await openDeployHost()
  for (const [path, text] of Object.entries(tinyFiles(value, chart))) await host.edit(path, () => text)
  return host
}

export function outsideFile(host: DeployHost, environment: string): string {
  return join(host.helmfileDefaults, `tiny-${environment}.yaml`)
}

/** What runs says, as helm stores it. */
export async function stored(
  environment: 'staging' | 'eqiad',
  release = 'tiny',
): Promise<Said & {general: string}> {
  return parse(await helm(environment, NAMESPACE, ['get', 'manifest', release])).data
}

/** Everything of it, its records and locks too: a run that was stopped is unfinished, and keeps its lock. */
export async function uninstallTiny(): Promise<void> {
  for (const environment of ['staging', 'eqiad'] as const) {
    await helm(environment, NAMESPACE, ['uninstall', '--ignore-not-found', 'tiny', 'tiny-too'])
    const records = ['delete', 'configmap', '--ignore-not-found', 'deploy-runs-tiny', 'deploy-lock-tiny']
    await kubectl(environment, ['-n', NAMESPACE, ...records])
  }
}
