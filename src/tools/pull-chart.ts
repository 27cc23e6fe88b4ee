import {access, mkdir, readdir, readFile} from 'node:fs/promises'
import {isAbsolute, join} from 'node:path'
import {parseHelmYaml} from '../diff/helm-yaml.ts'
import type {ChartRef} from '../plan/facts.ts'
import {type Helm, showCall, succeed} from './helm.ts'
import type {KeptCharts} from './kept-charts.ts'

export type PulledChart = {path: string; chart: ChartRef; values: unknown}

/**
 * Fetch a chart from its repository into the run's directory, once, or take what an earlier run has kept; a chart that is a directory stays where it is.
 * @throws ToolError `bad-render` when the repository has no such chart
 */
export async function pullChart(
  helm: Helm,
  chart: string,
  versionArgs: readonly string[],
  into: string,
  kept: KeptCharts,
): Promise<PulledChart> {
  const path = isAbsolute(chart) ? chart : await pull(helm, chart, versionArgs, into, kept)
  const about = await readYaml(join(path, 'Chart.yaml'))
  const hasValues = await access(join(path, 'values.yaml')).then(
    () => true,
    () => false,
  )
  return {
    path,
    chart: {name: String(about.name), version: String(about.version)},
    values: hasValues ? await readYaml(join(path, 'values.yaml')) : {},
  }
}

/** A file of values, or a chart's own, as helm reads it; an empty one is an empty map. */
export async function readYaml(path: string): Promise<Record<string, unknown>> {
  const [value] = parseHelmYaml(await readFile(path, 'utf8'), path)
  return (value ?? {}) as Record<string, unknown>
}

async function pull(
  helm: Helm,
  chart: string,
  versionArgs: readonly string[],
  into: string,
  kept: KeptCharts,
): Promise<string> {
  await mkdir(into, {recursive: true, mode: 0o700})
  const args = ['pull', chart, ...versionArgs, '--untar', '--untardir', into]
  const hint =
    'helm repo list shows the repositories of this host; helm repo update brings their newest charts.'
  const brought = await kept.bring({chart, versionArgs, env: helm.env}, into, async () => {
    await succeed(helm, args, `fetch the chart ${chart}`, hint)
  })
  // By hand it would be fetched.
  if (brought === 'kept') showCall(helm, args)
  const [directory] = (await readdir(into, {withFileTypes: true})).filter(entry => entry.isDirectory())
  return join(into, directory?.name ?? '')
}
