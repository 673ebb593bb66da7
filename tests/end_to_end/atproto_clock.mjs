// Loaded into a bridge before its own code: gives it a clock of its own, since the hosts of a network
// do not share one. The file BRIDGE_CLOCK holds by how many ms it is behind, or the ms since 1970 at
// which it stands still; without the file it is right.
import fs from 'node:fs'

const now = Date.now.bind(Date)
const earliest = 1e12  // a smaller number is no time of this century
Date.now = () => {
  let value = 0
  try {
    value = Number(fs.readFileSync(process.env.BRIDGE_CLOCK, 'utf8'))
  } catch {
    value = 0
  }
  return value > earliest ? value : now() - value
}
