import { seededBytes } from './seeded-bytes.ts'

/** So many of however many are offered, each with the same chance; the same for the same seed. */
export interface Draw<One> {
  /** `make` is called for what is drawn alone. */
  readonly offer: (make: () => One) => void
  readonly drawn: () => readonly One[]
}

export function createDraw<One>(most: number, seed: string): Draw<One> {
  const random = seededBytes(seed)
  const drawn: One[] = []
  let offered = 0
  return {
    offer: (make) => {
      offered += 1
      if (drawn.length < most) {
        drawn.push(make())
        return
      }
      const at = Buffer.from(random(6)).readUIntBE(0, 6) % offered
      if (at < most) drawn[at] = make()
    },
    drawn: () => drawn,
  }
}
