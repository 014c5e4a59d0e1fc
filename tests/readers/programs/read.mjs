// The DuckDB file in Node, and Parquet without DuckDB: hyparquet alone reads snappy, with
// hyparquet-compressors zstd as well.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [folder, database, zstd, snappy] = process.argv.slice(2)
const found = createRequire(`${folder}/`)
const load = async name => import(pathToFileURL(found.resolve(name)))
const { DuckDBInstance } = await load('@duckdb/node-api')
const { parquetReadObjects, asyncBufferFromFile } = await load('hyparquet')
const { compressors } = await load('hyparquet-compressors')

const connection = await (await DuckDBInstance.create(database, { access_mode: 'READ_ONLY' })).connect()
const rows = await connection.runAndReadAll('select count(*)::int n, sum(k_ratio)::double k from rpt_answer')
console.log('duckdb', rows.getRowObjects())
const tries = [['snappy', snappy, {}], ['zstd', zstd, {}], ['zstd, compressors', zstd, { compressors }]]
for (const [name, file, options] of tries) {
  try {
    const read = await parquetReadObjects({ file: await asyncBufferFromFile(file), ...options })
    console.log('hyparquet', name, read.length, 'rows')
  } catch (error) {
    console.log('hyparquet', name, error.message.slice(0, 80))
  }
}
