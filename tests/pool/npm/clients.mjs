// SPDX-License-Identifier: GPL-3.0-or-later
// A client that others wrote, put through what Xen Orchestra does with it: connect, list, watch, join.
// Usage: node clients.mjs TRANSPORT POOL-URL JOINER-URL POOL-ADDRESS; the password is on standard input.
// Prints what it saw as JSON.

import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

// The packages lie in the build folder, this file does not.
const { createClient } = createRequire(join(process.cwd(), 'clients.mjs'))('xen-api')
const [transport, poolUrl, joinerUrl, address] = process.argv.slice(2)
const password = readFileSync(0, 'utf8').trimEnd()
const seen = { transport }

function client(url, secret) {
	const auth = { user: 'root', password: secret }
	return createClient({ url, auth, transport, allowUnauthorized: true, debounce: 20 })
}

function until(xapi, what) {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error(`not seen: ${what}`)), 20e3)
		const look = () => {
			if (what()) {
				clearTimeout(timer)
				xapi.objects.removeListener('add', look)
				xapi.objects.removeListener('update', look)
				resolve()
			}
		}
		xapi.objects.on('add', look)
		xapi.objects.on('update', look)
		look()
	})
}

async function refusal(promise) {
	try {
		await promise
		return null
	} catch (error) {
		return [error.code, ...(error.params ?? [])]
	}
}

function hosts(xapi) {
	return Object.values(xapi.objects.all).filter(object => object.$type === 'host')
}

const stranger = client(poolUrl, 'wrong')
seen.wrongPassword = await refusal(stranger.connect())

const pool = client(poolUrl, password)
await pool.connect()
await pool.objectsFetched
const records = await pool.getAllRecords('host')
seen.listed = records.map(record => record.name_label)
seen.coordinator = pool.pool.$master.name_label
seen.types = [...new Set(Object.values(pool.objects.all).map(object => object.$type))].sort()
seen.address = typeof records[0].address
seen.number = records[0].memory_overhead

const [first] = hosts(pool)
await pool.call('host.set_name_label', first.$ref, 'renamed')
await until(pool, () => hosts(pool).some(host => host.name_label === 'renamed'))
seen.watched = true

const joiner = client(joinerUrl, password)
await joiner.connect()
await joiner.objectsFetched
seen.refused = await refusal(joiner.callAsync('pool.join', address, 'root', 'wrong'))
seen.result = await joiner.callAsync('pool.join', address, 'root', password)
await until(pool, () => hosts(pool).filter(host => host.enabled).length === 2)
seen.joined = hosts(pool).map(host => host.name_label).sort()

const redirected = client(joinerUrl, password)
await redirected.connect()
seen.redirectedTo = redirected.pool.$master?.name_label ?? (await redirected.getAllRecords('pool'))[0].uuid
seen.poolUuid = pool.pool.uuid

await pool.disconnect()
console.log(JSON.stringify(seen))
process.exit(0)
