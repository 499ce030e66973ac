import { shots } from './rig.ts'
import { setTimeout as sleep } from 'node:timers/promises'
const ours = await shots()
ours.fill(1000)
const k = ours.opened.keeper
const rest = async (n: string) => { while ((k.head()?.block.number ?? 0) < Number(n)) await sleep(2); await k.idle(); await sleep(2); await k.idle() }
const next = ours.heads()
const all: number[] = []
for (let i=0;i<80;i++){
  const a = next(false), b = next(true)
  ours.node.tell(a); await rest(a.head.number)
  const { seconds } = await ours.node.shoot(b); all.push(seconds*1e3)
  await rest(b.head.number)
}
console.log(all.map((x)=>x.toFixed(1)).join(' '))
await ours.close()
