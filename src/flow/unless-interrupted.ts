import {DeployError} from '../errors.ts'

/**
 * Reading changes nothing, so a signal ends it at once.
 * @throws DeployError `declined` when the signal comes first
 */
export async function unlessInterrupted<T extends {close(): Promise<void>}>(
  reading: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const {promise: aborted, reject} = Promise.withResolvers<never>()
  const onAbort = () => reject(new DeployError('declined', 'interrupted while reading: nothing was touched.'))
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, {once: true})
  try {
    return await Promise.race([reading, aborted])
  } catch (error) {
    // Whatever is still opened by then is closed when it is there.
    reading.then(late => late.close()).catch(() => {})
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
