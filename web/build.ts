import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

const firstPageLimit = 500 * 1024; // bytes, as gzip sends them
const worthwhile = 1_024; // bytes below which nothing is gained

/**
 * compressed puts a gzip and a brotli copy beside each file, so that the
 * portal need not make them, and refuses a first page that has grown too large.
 */
export function compressed(): Plugin {
  return {
    name: "pronto-compressed",
    apply: "build",
    writeBundle({ dir = "dist" }, bundle) {
      for (const name of Object.keys(bundle).filter((each) => /\.(?:js|css|svg)$/.test(each))) {
        const content = readFileSync(join(dir, name));
        if (content.length < worthwhile) continue;
        writeFileSync(join(dir, `${name}.gz`), gzipSync(content, { level: 9 }));
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }));
      }
      const size = firstPage(bundle).reduce((sum, name) => sum + gzipSync(readFileSync(join(dir, name))).length, 0);
      if (size > firstPageLimit) this.error(`the first page needs ${size} bytes (gzip), more than ${firstPageLimit}: fetch what it does not show later`);
    },
  };
}

/** firstPage is the files that the first page cannot do without. */
function firstPage(bundle: Rolldown.OutputBundle): string[] {
  const entry = Object.values(bundle).find((each) => each.type === "chunk" && each.isEntry);
  const names = new Set<string>();
  const add = (name: string) => {
    const chunk = bundle[name];
    if (names.has(name) || chunk?.type !== "chunk") return;
    names.add(name);
    chunk.imports.forEach(add);
  };
  if (entry) add(entry.fileName);
  const styles = Object.keys(bundle).filter((name) => /^assets\/index-.*\.css$/.test(name));
  return [...names, ...styles];
}
