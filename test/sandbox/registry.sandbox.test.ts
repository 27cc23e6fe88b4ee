import {expect, test} from 'vitest'
import {exampleImages, pushToSandbox, registryUrl} from '../../src/sandbox/registry.ts'
import {readState} from '../../src/sandbox/state.ts'
import {splitImage} from '../../src/version/tag.ts'
import {deploy, sandbox} from '../e2e/deploy.ts'
import {testSandbox} from '../e2e/test-sandbox.ts'

const MANIFEST = {accept: 'application/vnd.oci.image.manifest.v1+json'}

async function digestOf(repository: string, reference: string): Promise<string | null> {
  const state = await readState(sandbox())
  if (state === undefined) throw new Error('there is no sandbox')
  const url = `${registryUrl(state.ports)}/v2/${repository}/manifests/${reference}`
  const response = await fetch(url, {method: 'HEAD', headers: MANIFEST})
  return response.ok ? response.headers.get('docker-content-digest') : null
}

test('every image that the example names is in the registry from the start, pinned ones with that digest', async () => {
  const {stdout} = await deploy(['render', '--all'])
  const images = [...new Set([...stdout.matchAll(/\bimage: (\S+)$/gm)].map(match => match[1] ?? ''))]
  expect(images.length).toBeGreaterThan(12)
  for (const image of images) {
    const {name, tag, digest} = splitImage(image)
    const found = await digestOf(name.split('/').slice(1).join('/'), tag ?? 'latest')
    expect({image, found}).toEqual({image, found: digest ?? expect.stringMatching(/^sha256:/)})
  }
})

test('failing tags are there as well, and others once they are pushed', async () => {
  const shop = (await exampleImages()).get('wikimedia/shop') ?? []
  expect(shop).toContain('2026-11-21-080000-crash')
  expect(await digestOf('wikimedia/shop', '2026-11-21-080000-crash')).toMatch(/^sha256:/)

  const tag = `pushed-${Date.now()}`
  expect(await digestOf('wikimedia/shop', tag)).toBeNull()
  const digest = await pushToSandbox(testSandbox(), process.env, `wikimedia/shop:${tag}`)
  expect(await digestOf('wikimedia/shop', tag)).toBe(digest)
})

test.each(['shop', 'Shop:1', 'shop:a b', '../shop:1'])('%s is refused', async image => {
  await expect(pushToSandbox(testSandbox(), process.env, image)).rejects.toThrow(
    /not an image's name and tag/,
  )
})
