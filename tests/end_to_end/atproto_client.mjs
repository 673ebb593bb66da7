// A person on a Bluesky test network: node atproto_client.mjs PDS_URL COMMAND ARGUMENTS…
//   create NAME            makes the account NAME.test and prints its DID
//   post NAME TAG          posts under a tag and prints the post's uri
//   follow NAME DID        follows an account
//   delete DID             has the server delete an account for good
import { AtpAgent } from '@atproto/api'

const [pds, command, name, argument] = process.argv.slice(2)
const password = 'correct-horse'
const bypass = { 'x-ratelimit-bypass': 'tagscout-bypass' }
const agent = new AtpAgent({ service: pds })
for (const [key, value] of Object.entries(bypass)) agent.setHeader(key, value)
const now = () => new Date().toISOString()

const commands = {
  async create() {
    const answer = await agent.com.atproto.server.createAccount({
      handle: `${name}.test`, email: `${name}@mail.test`, password,
    })
    console.log(answer.data.did)
  },
  async post() {
    await agent.login({ identifier: `${name}.test`, password })
    const text = `Something mended #${argument}`
    const end = Buffer.byteLength(text)
    const facet = {
      index: { byteStart: end - Buffer.byteLength(argument) - 1, byteEnd: end },
      features: [{ $type: 'app.bsky.richtext.facet#tag', tag: argument }],
    }
    const answer = await agent.com.atproto.repo.createRecord({
      repo: agent.session.did, collection: 'app.bsky.feed.post',
      record: { $type: 'app.bsky.feed.post', text, createdAt: now(), facets: [facet] },
    })
    console.log(answer.data.uri)
  },
  async follow() {
    await agent.login({ identifier: `${name}.test`, password })
    await agent.follow(argument)
  },
  async delete() {
    const authorization = 'Basic ' + Buffer.from('admin:admin-pass').toString('base64')
    await agent.com.atproto.admin.deleteAccount(
      { did: name }, { headers: { authorization }, encoding: 'application/json' })
  },
}
await commands[command]()
