type KeyRef = {name: string; key: string}

/** A container's variables as its pod states them. */
export type EnvironmentSpec = {
  name: string
  env?: {name: string; value?: string; valueFrom?: {secretKeyRef?: KeyRef; configMapKeyRef?: KeyRef}}[]
  envFrom?: {prefix?: string; secretRef?: {name: string}; configMapRef?: {name: string}}[]
}

type ReadObject = (
  kind: 'secrets' | 'configmaps',
  name: string,
) => Promise<{data?: Record<string, string>} | undefined>

/** What a kubelet would give a container as its environment: `NAME=value`. */
export async function environmentOf(
  {env = [], envFrom = []}: EnvironmentSpec,
  read: ReadObject,
): Promise<string[]> {
  const whole = envFrom.map(async ({prefix = '', secretRef, configMapRef}) => {
    const data = await dataOf(read, secretRef, configMapRef)
    return Object.entries(data).map(([key, value]) => `${prefix}${key}=${value}`)
  })
  const single = env.map(async ({name, value = '', valueFrom}) => {
    const ref = valueFrom?.secretKeyRef ?? valueFrom?.configMapKeyRef
    if (ref === undefined) return [`${name}=${value}`]
    const data = await dataOf(read, valueFrom?.secretKeyRef, valueFrom?.configMapKeyRef)
    return [`${name}=${data[ref.key] ?? ''}`]
  })
  return (await Promise.all([...whole, ...single])).flat()
}

async function dataOf(
  read: ReadObject,
  secret: {name: string} | undefined,
  configMap: {name: string} | undefined,
): Promise<Record<string, string>> {
  if (secret !== undefined) {
    const data = (await read('secrets', secret.name))?.data ?? {}
    const decoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()])
    return Object.fromEntries(decoded)
  }
  return configMap === undefined ? {} : ((await read('configmaps', configMap.name))?.data ?? {})
}
