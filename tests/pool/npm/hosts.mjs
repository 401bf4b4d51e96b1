// SPDX-License-Identifier: GPL-3.0-or-later
// The hosts of a pool, as a client that others wrote sees them: what Xen Orchestra would list.
// Usage: node hosts.mjs POOL-URL; the password is on standard input. Prints a JSON list.

import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const { createClient } = createRequire(join(process.cwd(), 'hosts.mjs'))('xen-api')
const auth = { user: 'root', password: readFileSync(0, 'utf8').trimEnd() }
const xapi = createClient({ url: process.argv[2], auth, allowUnauthorized: true, debounce: 20 })

await xapi.connect()
await xapi.objectsFetched
const objects = Object.values(xapi.objects.all)
const hosts = objects
	.filter(object => object.$type === 'host')
	.map(host => ({
		uuid: host.uuid,
		name: host.name_label,
		address: host.address,
		enabled: host.enabled,
		live: host.$metrics.live,
		coordinator: xapi.pool.$master.uuid === host.uuid,
	}))
await xapi.disconnect()
console.log(JSON.stringify(hosts))
process.exit(0)
