// The people of a Bluesky test network: node atproto_client.mjs PDS_URL
// Reads commands, one a line, and answers each with one line: what was asked for, `done`, or `error`
// and why.
//   create NAME            makes the account NAME.test and prints its DID
//   post NAME TAG          posts under a tag and prints the post's uri
//   follow NAME DID        follows an account
//   delete DID             has the server delete an account for good
import readline from 'node:readline'
import { AtpAgent } from '@atproto/api'

const [pds] = process.argv.slice(2)
const password = 'correct-horse'
const bypass = 'tagscout-bypass'
const now = () => new Date().toISOString()

function makeAgent() {
  const agent = new AtpAgent({ service: pds })
  agent.setHeader('x-ratelimit-bypass', bypass)
  return agent
}
const server = makeAgent()
const agents = new Map()

async function agentOf(name) {
  if (!agents.has(name)) {
    const agent = makeAgent()
    await agent.login({ identifier: `${name}.test`, password })
    agents.set(name, agent)
  }
  return agents.get(name)
}

const commands = {
  async create(name) {
    const answer = await server.com.atproto.server.createAccount({
      handle: `${name}.test`, email: `${name}@mail.test`, password,
    })
    return answer.data.did
  },
  async post(name, tag) {
    const agent = await agentOf(name)
    const text = `Something mended #${tag}`
    const end = Buffer.byteLength(text)
    const facet = {
      index: { byteStart: end - Buffer.byteLength(tag) - 1, byteEnd: end },
      features: [{ $type: 'app.bsky.richtext.facet#tag', tag }],
    }
    const answer = await agent.com.atproto.repo.createRecord({
      repo: agent.session.did, collection: 'app.bsky.feed.post',
      record: { $type: 'app.bsky.feed.post', text, createdAt: now(), facets: [facet] },
    })
    return answer.data.uri
  },
  async follow(name, did) {
    const agent = await agentOf(name)
    await agent.follow(did)
  },
  async delete(did) {
    const authorization = 'Basic ' + Buffer.from('admin:admin-pass').toString('base64')
    await server.com.atproto.admin.deleteAccount(
      { did }, { headers: { authorization }, encoding: 'application/json' })
  },
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [command, ...rest] = line.split(' ')
  try {
    console.log(await commands[command](...rest) ?? 'done')
  } catch (error) {
    console.log(`error ${error.message}`)
  }
}
