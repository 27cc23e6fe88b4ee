import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import {splitImage} from '../version/tag.ts'
import {imagesOf} from '../diff/images.ts'
import {collectSecretValues, makeMask, type TextMask} from '../diff/redact.ts'

/** What no output, record or announcement may hold, as far as it is known: it grows while things are read. */
export type Secrecy = {
  /** Hides what the Secrets among them hold; images are for everybody. */
  learnFrom(objects: readonly KubernetesObject[]): void
  hide(values: readonly string[]): void
  /** Names, which everybody sees: a Secret may hold the same word. */
  spare(words: readonly string[]): void
  mask: TextMask
}

export function openSecrecy(): Secrecy {
  const hidden = new Set<string>()
  const spared = new Set(ORDINARY)
  let made: TextMask | undefined
  const addTo = (set: Set<string>, words: readonly string[]) => {
    const before = set.size
    for (const word of words) set.add(word)
    if (set.size > before) made = undefined
  }
  return {
    learnFrom(objects) {
      addTo(hidden, collectSecretValues(objects))
      addTo(
        spared,
        objects.flatMap(object => imagesOf(object).flatMap(({image}) => partsOf(image))),
      )
    },
    hide: values => addTo(hidden, values),
    spare: words => addTo(spared, words),
    mask(text, placeholder) {
      made ??= makeMask([...hidden].filter(value => !spared.has(value.trim())))
      return made(text, placeholder)
    },
  }
}

/** `registry/some/name:tag@digest` as a whole, and whatever of it stands alone in values. */
function partsOf(image: string): string[] {
  const {name, tag = '', digest = ''} = splitImage(image)
  const [registry = '', ...path] = name.split('/')
  const short = path.join('/')
  return [image, name, registry, short, ...path, `${short}:${tag}`, tag, digest]
}

/** In half of all configurations; hiding them would make every second sentence a riddle and protect nothing. */
const ORDINARY = ['production', 'development', 'localhost', '127.0.0.1']
