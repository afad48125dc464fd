// Fails when src/api/schema.d.ts is not what openapi-typescript makes of ../api/openapi.json.
import { readFile } from 'node:fs/promises'
import openapiTypescript, { astToString } from 'openapi-typescript'

const source = new URL('../../api/openapi.json', import.meta.url)
const target = new URL('../src/api/schema.d.ts', import.meta.url)
const wanted = astToString(await openapiTypescript(source, { defaultNonNullable: false }))
const present = await readFile(target, 'utf8')
// The command line tool puts a comment before it.
if (!present.endsWith(wanted)) {
  process.stderr.write('src/api/schema.d.ts is stale: run `npm run api`\n')
  process.exit(1)
}
